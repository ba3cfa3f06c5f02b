// A real OpenID Connect server for tests: people sign in by any name, and it forgets them at its end.
// Prints one line of JSON with its issuer. CALLBACK is where it may send browsers back to.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const clients = [
  {
    client_id: "boards",
    client_secret: "a secret of the tests, which is long",
    redirect_uris: [process.env.CALLBACK],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "client_secret_basic",
  },
  {
    client_id: "boards-public",
    redirect_uris: [process.env.CALLBACK],
    response_types: ["code"],
    grant_types: ["authorization_code"],
    token_endpoint_auth_method: "none",
  },
];

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  cookies: { keys: ["only for tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: `${id}@studio.example`,
      email_verified: true,
      name: id[0].toUpperCase() + id.slice(1),
    }),
  }),
});

server.on("request", provider.callback());
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
console.log(JSON.stringify({ issuer }));
