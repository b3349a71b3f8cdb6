import { useApolloClient } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { toMessages } from './live-tasks.ts';
import { identifyTasks } from './operations.ts';

interface Props {
  readonly ids: readonly string[];
  readonly onAdd: (ids: readonly string[]) => void;
}

export const newTaskId = 'new-task';

/** Adds tasks by their ids; the server says what is wrong with an id. */
export const AddTask = ({ ids, onAdd }: Props) => {
  const client = useApolloClient();
  const [text, setText] = useState('');
  const [mistake, setMistake] = useState('');
  const [done, setDone] = useState('');

  const change = (value: string): void => {
    setText(value);
    setMistake('');
    setDone('');
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const pasted = text.split(/[\s,]+/).filter(Boolean);
    if (pasted.length === 0) return setMistake('Paste the id of a task, such as visionular:1234.');
    const { data, error } = await client
      .query({
        query: identifyTasks,
        variables: { ids: pasted },
        errorPolicy: 'all',
        fetchPolicy: 'no-cache',
      })
      .catch((error: unknown) => ({ data: undefined, error }));
    // As the server spells them.
    const found = data?.mediaTasks.flatMap((task) => (task ? [task.id] : [])) ?? [];
    const added = found.filter((id) => !ids.includes(id));
    if (added.length > 0) onAdd(added);
    setMistake(toMessages(error).join(' '));
    if (error) return setText(pasted.filter((_, index) => !data?.mediaTasks[index]).join(' '));
    setText('');
    setDone(added.length > 0 ? `Added ${added.join(', ')}.` : 'It is in the table already.');
  };

  return (
    <form onSubmit={submit} noValidate>
      <label className="quiet" htmlFor={newTaskId}>
        Add a task by its id
      </label>
      <div className="field">
        <input
          id={newTaskId}
          value={text}
          onChange={(event) => change(event.target.value)}
          placeholder="vendor:id"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={mistake !== ''}
          aria-describedby="new-task-message"
        />
        <button type="submit">Add</button>
      </div>
      <p id="new-task-message" className="message bad" role="alert">
        {mistake}
      </p>
      <p className="visually-hidden" role="status">
        {done}
      </p>
    </form>
  );
};
