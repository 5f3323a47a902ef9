// A browser that knows cookies, redirects and plain HTML forms, and nothing else.

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" }
const decode = (text) => text.replace(/&(amp|lt|gt|quot|#x27|#39);/g, (_, name) => ENTITIES[name])

function attributesOf(tag) {
  const found = tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)
  return Object.fromEntries([...found].slice(1).map(([, name, value]) => [name, decode(value ?? '')]))
}

function* controlsOf(form) {
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) yield attributesOf(tag)
  for (const [, tag, options] of form.matchAll(/(<select\b[^>]*>)(.*?)<\/select>/gs)) {
    const chosen = [...options.matchAll(/<option\b[^>]*>/g)].map(([option]) => attributesOf(option))
    const { value } = chosen.find((option) => 'selected' in option) ?? chosen[0]
    yield { ...attributesOf(tag), value }
  }
}

export class Browser {
  #cookies = new Map()
  #address
  #page = ''

  get page() {
    return this.#page
  }

  // Follows redirects until a page is shown or the browser would leave for `target`.
  async open(address, target, request = {}) {
    for (let hops = 0; hops < 20; hops++) {
      if (String(address).startsWith(target)) return new URL(address)
      const response = await this.#fetch(address, request)
      this.#address = String(address)
      this.#page = await response.text()
      if (response.status < 300 || response.status > 399) {
        if (!response.ok) throw new Error(`${response.status} at ${address}: ${this.#page}`)
        return null
      }
      address = new URL(response.headers.get('location'), address)
      request = {}
    }
    throw new Error(`too many redirects, the last to ${address}`)
  }

  // Sends the page's form that has a field called `has`: what is in it already, and `values`.
  // A list sets the checkboxes of that name.
  async submit(has, values, target) {
    const form = this.#page.match(/<form\b.*?<\/form>/gs)?.find((text) => text.includes(`name="${has}"`))
    if (!form) throw new Error(`no form with ${has} at ${this.#address}: ${this.#page}`)
    const body = new URLSearchParams()
    for (const { name, type, value, ...rest } of controlsOf(form)) {
      const isOff = ['checkbox', 'radio'].includes(type) && !('checked' in rest)
      if (name && !isOff && !(name in values)) body.append(name, value ?? '')
    }
    for (const [name, value] of Object.entries(values)) {
      for (const one of [value].flat()) body.append(name, one)
    }
    const { action } = attributesOf(form.match(/<form\b[^>]*>/)[0])
    return this.open(new URL(action || this.#address, this.#address), target, { method: 'POST', body })
  }

  checkboxes(name) {
    const boxes = [...controlsOf(this.#page)].filter((one) => one.name === name)
    return boxes.map(({ value }) => value)
  }

  async #fetch(address, request) {
    const { origin } = new URL(this.#address ?? address)
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, ...(request.method === 'POST' ? { origin, referer: this.#address } : {}) }
    const response = await fetch(address, { ...request, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/)
      this.#cookies.set(name, value)
    }
    return response
  }
}
