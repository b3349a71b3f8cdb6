# The version that the tests run with. By tag: pin the digest that your registry gives it.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# What production needs of the packages. No package's script runs.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

# What production needs of this project: the files that `npm pack` takes, with the GraphiQL bundle.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . ./
RUN npm run build
RUN npm pack --ignore-scripts && mkdir packed && tar -xzf media-task-subgraph-*.tgz -C packed --strip-components=1

# The vendors of the sandbox, for `docker compose --profile sandbox`. Not built unless asked for.
FROM ${NODE_IMAGE} AS sandbox
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules/lru-cache ./node_modules/lru-cache
COPY sandbox ./sandbox
ENV SANDBOX_HOST=0.0.0.0
USER 10001:10001
EXPOSE 4400-4404
CMD ["node", "sandbox/main.ts"]

FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /build/packed ./
# 127.0.0.1, the default, is not reachable from outside a container.
ENV NODE_ENV=production HOST=0.0.0.0
# A number, so that Kubernetes' runAsNonRoot can check it. Nothing is written: the root may be read-only.
USER 10001:10001
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --start-interval=1s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/health/ready').then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=400", "--v8-pool-size=1", "src/main.ts"]
