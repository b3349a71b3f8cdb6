export type ExchangeEvent = { readonly kind: string };
