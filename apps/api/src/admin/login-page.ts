/** The sign-in form of the dashboard: one file, no scripts, nothing from elsewhere. `message` is plain text of ours. */
export function renderLoginPage(message?: string): string {
  const alert = message === undefined ? "" : `<p role="alert">${message}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Sign in – Parley queues</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 100vh; margin: 0; }
  main { width: min(22rem, 90vw); }
  label { display: block; margin-top: 1rem; }
  input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
  button { margin-top: 1.5rem; cursor: pointer; }
  [role="alert"] { border-left: .25rem solid #c0392b; padding-left: .75rem; }
</style>
</head>
<body>
<main>
  <h1>Parley queues</h1>
  <p>For the platform's administrators.</p>
  ${alert}
  <form method="post" action="/admin/login">
    <label for="email">E-mail</label>
    <input id="email" name="email" type="email" autocomplete="username" required autofocus>
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required>
    <button type="submit">Sign in</button>
  </form>
</main>
</body>
</html>
`;
}
