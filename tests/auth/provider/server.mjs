// A real OpenID Connect server for tests: people sign in by any name, and it forgets them at its end.
// Prints one line of JSON: its issuer, and the URL where it is reached. CALLBACK is where it may send
// browsers back to. SPEAKS_AS has it pass for another product: {issuer, jwks, audience, claims}, for
// the tokens that it gives to programs.

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const {
  issuer = url,
  jwks = "/jwks",
  audience = "boards",
  claims = {},
} = JSON.parse(process.env.SPEAKS_AS ?? "{}");

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
  {
    client_id: "a-program",
    client_secret: "a secret of the tests, which is long",
    redirect_uris: [],
    response_types: [],
    grant_types: ["client_credentials"],
    token_endpoint_auth_method: "client_secret_post",
  },
];

const forPrograms = {
  scope: "api",
  audience,
  accessTokenFormat: "jwt",
  jwt: { sign: { alg: "RS256" } },
};

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  routes: { jwks },
  extraTokenClaims: () => claims,
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) =>
        ctx.oidc?.params?.grant_type === "client_credentials" ? "urn:boards:api" : undefined,
      getResourceServerInfo: () => forPrograms,
      useGrantedResource: () => true,
    },
  },
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
console.log(JSON.stringify({ issuer, url }));
