// oidc-provider as its documentation sets it up: ES256, pushed requests, everything in memory.
// Says on standard output, as JSON, what a client needs to ask it: `node oidc_provider.mjs PORT`.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, redirectUri, resource, scope] = process.argv.slice(2);
const host = `localhost:${port}`;
const from = createRequire(`${process.cwd()}/`);
const { default: Provider } = await import(pathToFileURL(from.resolve("oidc-provider")));

// Its own store forgets all but the thousand newest, and with them the tokens of other rows.
const stored = new Map();
class Store {
  constructor(kind) { this.kind = kind; }
  key(id) { return `${this.kind}:${id}`; }
  async upsert(id, payload) {
    stored.set(this.key(id), payload);
    if (payload.uid) stored.set(`uid:${payload.uid}`, id);
  }
  async find(id) { return stored.get(this.key(id)); }
  async findByUid(uid) { return this.find(stored.get(`uid:${uid}`)); }
  async consume(id) { stored.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { stored.delete(this.key(id)); }
  async revokeByGrantId() {}
}

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = { ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "one" };
const clientId = "bench", secret = randomBytes(24).toString("base64url");
const jwt = {
  scope: "", audience: resource, accessTokenFormat: "jwt", accessTokenTTL: 3600,
  jwt: { sign: { alg: "ES256" } },
};
const provider = new Provider(`http://${host}`, {
  adapter: Store,
  jwks: { keys: [key] },
  clients: [{
    client_id: clientId, client_secret: secret, redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token", "client_credentials"],
    id_token_signed_response_alg: "ES256",
  }],
  claims: { openid: ["sub"], profile: ["name", "given_name"], email: ["email"], roles: ["roles"] },
  scopes: ["openid", "profile", "email", "roles", "offline_access"],
  cookies: { keys: [randomBytes(16).toString("hex")] },
  rotateRefreshToken: true,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: "Ada", given_name: "Ada", email: `${id}@example.org`, roles: ["a"] }),
  }),
  features: {
    clientCredentials: { enabled: true }, introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: true, defaultResource: (ctx) => (ctx.oidc.params?.grant_type === "client_credentials" ? resource : undefined),
      getResourceServerInfo: () => jwt, useGrantedResource: () => false,
    },
  },
});

const client = await provider.Client.find(clientId);
const now = () => Math.floor(Date.now() / 1000);
const refresh = [], access = [], sessions = [];
for (let number = 0; number < 160; number += 1) {
  const accountId = `person${number}`;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(scope);
  const grantId = await grant.save();
  const uid = randomBytes(12).toString("base64url");
  const given = { accountId, client, grantId, gty: "authorization_code", scope, authTime: now(), sessionUid: uid };
  access.push(await new provider.AccessToken(given).save());
  refresh.push(await new provider.RefreshToken({ ...given, nonce: "a-nonce" }).save());
  const session = new provider.Session({ accountId, loginTs: now(), uid });
  session.ensureClientContainer(clientId);
  session.grantIdFor(clientId, grantId);
  await session.save(14 * 86400);
  sessions.push(session.jti);
}
const signer = new (from("keygrip"))(provider.keys);
const cookies = sessions.map((id) => {
  const said = `_session=${id}`;
  return `${said}; _session.sig=${signer.sign(said)}`;
});
provider.listen(Number(port), "127.0.0.1", () => {
  console.log(JSON.stringify({ host, clientId, secret, access, refresh, cookies }));
});
