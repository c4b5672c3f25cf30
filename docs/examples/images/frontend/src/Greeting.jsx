import { useEffect, useState } from "react";

// Greeting shows what the backend says, or why it says nothing.
export function Greeting() {
  const [text, setText] = useState("…");

  useEffect(() => {
    const abort = new AbortController();
    fetch("/api/greeting", { signal: abort.signal })
      .then((answer) => {
        if (!answer.ok) throw new Error(`the backend answers ${answer.status}`);
        return answer.json();
      })
      .then(({ greeting, pod }) => setText(pod ? `${greeting} from ${pod}` : greeting))
      .catch((error) => {
        if (!abort.signal.aborted) setText(`No greeting: ${error.message}`);
      });
    return () => abort.abort();
  }, []);

  return <p>{text}</p>;
}
