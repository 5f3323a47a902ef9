// One whole life of a sign-in, by openid-client: whatever it refuses ends the program. What it
// found is printed as one JSON object, for the tests to judge. It is told issuer, id and secret, and
// proves itself in the way that it chooses by itself.

import * as client from 'openid-client'
import { Browser } from './browser.mjs'

const settings = JSON.parse(process.env.INTEROP)
const found = {}
const browser = new Browser()

const config = await client.discovery(
  new URL(settings.issuer),
  settings.relying_party.client_id,
  { client_secret: settings.relying_party.client_secret, id_token_signed_response_alg: settings.algorithm },
  undefined,
  { execute: [client.allowInsecureRequests] },
)
found.issuer = config.serverMetadata().issuer

async function authorize(parameters, interact) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expected = { expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: settings.redirect_uri,
    scope: settings.scope,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expected.expectedState,
    nonce: expected.expectedNonce,
    ...parameters,
  })
  const answer = (await browser.open(address, settings.redirect_uri)) ?? (await interact())
  return client.authorizationCodeGrant(config, answer, { pkceCodeVerifier, idTokenExpected: true, ...expected })
}

async function signInAndDecide() {
  await browser.submit('password', { login: settings.login, password: settings.password }, settings.redirect_uri)
  found.asked = browser.checkboxes('scope')
  const scope = found.asked.filter((name) => name !== settings.withheld)
  return browser.submit('decision', { scope, decision: 'allow' }, settings.redirect_uri)
}

const tokens = await authorize({}, signInAndDecide)
found.scope = tokens.scope.split(' ')
found.id_token = tokens.claims()
found.userinfo = await client.fetchUserInfo(config, tokens.access_token, found.id_token.sub)

const silent = await authorize({ prompt: 'none' })
found.silent_subject = silent.claims().sub

const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, { resource: settings.resource })
found.refreshed = { rotated: refreshed.refresh_token !== tokens.refresh_token, scope: refreshed.scope.split(' ') }

const resourceServer = await client.discovery(
  new URL(settings.issuer),
  settings.resource_server.client_id,
  settings.resource_server.client_secret,
  undefined,
  { execute: [client.allowInsecureRequests] },
)
found.introspection = await client.tokenIntrospection(resourceServer, refreshed.access_token)

await client.tokenRevocation(config, refreshed.refresh_token)
found.after_revocation = await client.tokenIntrospection(resourceServer, refreshed.access_token)
found.refresh_after_revocation = await client
  .refreshTokenGrant(config, refreshed.refresh_token)
  .then(() => 'accepted', (error) => error.error)

const logout = client.buildEndSessionUrl(config, {
  id_token_hint: silent.id_token,
  post_logout_redirect_uri: settings.post_logout_redirect_uri,
  state: 'bye',
})
const afterLogout = await browser.open(logout, settings.post_logout_redirect_uri)
found.logout = afterLogout && Object.fromEntries(afterLogout.searchParams)
found.silent_after_logout = await authorize({ prompt: 'none' }).then(() => 'accepted', (error) => error.error)

console.log(JSON.stringify(found))
