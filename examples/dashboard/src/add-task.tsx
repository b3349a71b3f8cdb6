import { useApolloClient } from '@apollo/client/react';
import { useActionState } from 'react';
import { TaskIdsDocument } from './gql/graphql.ts';
import { toMessages } from './live-tasks.ts';
import { addTasks } from './page.ts';

/** Adds tasks by their ids; the server says what is wrong with an id, which then stays in the field. */
export const AddTask = () => {
  const client = useApolloClient();

  const add = async (_: unknown, form: FormData) => {
    const ids = String(form.get('ids'))
      .split(/[\s,]+/)
      .filter(Boolean);
    const options = { variables: { ids }, errorPolicy: 'all', fetchPolicy: 'no-cache' } as const;
    const { data, error } = await client.query({ query: TaskIdsDocument, ...options });
    // As the server spells them.
    addTasks(data?.mediaTasks.flatMap((task) => task?.id ?? []) ?? []);
    return {
      rest: ids.filter((_, index) => !data?.mediaTasks[index]).join(' '),
      mistake: toMessages(error).join(' '),
    };
  };

  const [{ rest, mistake }, action, isPending] = useActionState(add, { rest: '', mistake: '' });
  return (
    <form action={action}>
      <label htmlFor="new-task">Add a task by its id</label>
      <input
        id="new-task"
        name="ids"
        defaultValue={rest}
        placeholder="vendor:id"
        required
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={mistake !== ''}
        aria-describedby="new-task-mistake"
      />
      <button type="submit" className="primary" disabled={isPending}>
        Add
      </button>
      <p id="new-task-mistake" className="mistake" role="alert">
        {mistake}
      </p>
    </form>
  );
};
