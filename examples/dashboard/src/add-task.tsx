import { useActionState } from 'react';
import { client } from './client.ts';
import { TaskIdsDocument } from './gql/graphql.ts';
import { toMessage } from './live-tasks.ts';
import { addTasks } from './page.ts';

/** Adds tasks by their ids; the server says what is wrong with an id, which then stays in the field. */
export const AddTask = () => {
  const add = async (_: unknown, form: FormData) => {
    const ids: string[] = String(form.get('ids')).match(/[^\s,]+/g) ?? [];
    const options = { variables: { ids }, errorPolicy: 'all', fetchPolicy: 'no-cache' } as const;
    const { data, error } = await client.query({ query: TaskIdsDocument, ...options });
    // As the server spells them.
    addTasks(data?.mediaTasks.flatMap((task) => task?.id ?? []) ?? []);
    const rest = ids.filter((_, index) => !data?.mediaTasks[index]).join(' ');
    return { rest, mistake: toMessage(error) };
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
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={mistake !== ''}
        aria-describedby="new-task-mistake"
      />
      <button type="submit" disabled={isPending}>
        Add
      </button>
      <p id="new-task-mistake" className="mistake" role="alert">
        {mistake}
      </p>
    </form>
  );
};
