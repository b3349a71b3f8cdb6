import { useMonaco } from '@graphiql/react';
import { useEffect } from 'react';

/** Lines wrap, and letters are smaller. Monaco takes neither from a stylesheet. */
const narrowOptions = {
  wordWrap: 'on',
  wrappingIndent: 'indent',
  fontSize: 13,
  lineNumbers: 'off',
  folding: false,
};

/** Makes the editors of a narrow window readable; page.css arranges them. */
export function NarrowEditors() {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    if (!monaco || !matchMedia('(max-width: 700px)').matches) return;
    const adapt = (editor) => editor.updateOptions(narrowOptions);
    monaco.editor.getEditors().forEach(adapt);
    const { dispose } = monaco.editor.onDidCreateEditor(adapt);
    return dispose;
  }, [monaco]);
  return null;
}
