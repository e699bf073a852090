// What every walk through the served web face has in common: a demo city in a folder of its own, the server, headless
// Chromium, tests told as TAP, and everything taken away again. A walk is run as
//
//     NODE_PATH=web/node_modules node tests/web/NAME.cjs build/kechuang
//
// and CHROMIUM names another browser than /usr/bin/chromium. In it:
//
//     walk('registers', { demo: ['--enterprises', '300'], mute: /404/ }, async ({ test, open, errors }) => {
//       const page = await open('city')
//       await test('a row opens the file of the record', async () => { … })
//       await test('no script failed on the way', async () => assert.deepEqual(errors, []))
//     })
const { spawn, execFileSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { chromium } = require('playwright-core')

const PASSWORD = 'kechuang-demo' // of every account of the demo city
const CHROMIUM_ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync']

const firstLine = (error) => String(error.message).split('\n')[0]

// Waits until `check` (of what the page shows now) holds. The page's own waitForFunction evaluates text, which the
// content security policy of the web face forbids.
async function until(check, timeout = 30000) {
  for (const end = Date.now() + timeout; !(await check());) {
    if (Date.now() > end) throw new Error(`waited in vain until ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

// Counts from `first` on. A test that fails is told and the walk goes on: later tests may well tell why.
function tap(first) {
  const told = { count: first - 1, failed: 0 }
  told.fail = (name, error) => {
    told.failed++
    console.log(`not ok ${told.count} - ${name}: ${firstLine(error)}`)
    console.error(error)
  }
  told.test = async (name, body) => {
    told.count++
    try {
      await body()
      console.log(`ok ${told.count} - ${name}`)
    } catch (error) {
      told.fail(name, error)
    }
  }
  return told
}

// Serves `db` at a free port and waits for the address that the server says.
async function serve(kechuang, db, env) {
  const server = spawn(kechuang, ['serve', db, '--listen', '127.0.0.1:0', '--lang', 'en'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  const address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => {
      const said = /http:\/\/[^/\s]+/.exec(String(text))
      if (said) resolve(said[0])
    })
    server.on('error', reject)
    server.on('exit', () => reject(new Error('the server ended')))
  })
  return { server, address }
}

// open(account, { to, locale }) logs in in a context of its own and gives the page, at `to` or where the login led.
// Without an account nobody is logged in and the page is blank.
function opener(browser, address, errors, { timeout = 30000, mute, lands = '/' }) {
  return async (account, { to, locale = 'zh-CN' } = {}) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale })
    const page = await context.newPage()
    page.setDefaultTimeout(timeout)
    page.on('pageerror', (error) => errors.push(error.message))
    if (mute) page.on('console', (m) => { if (m.type() === 'error' && !mute.test(m.text())) errors.push(m.text()) })
    if (!account) return page
    await page.goto(address + '/login' + (to ? `?to=${to}` : ''))
    await page.fill('#account', account)
    await page.fill('#password', PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(lands ? address + lands : (url) => !url.pathname.startsWith('/login'))
    if (to) await page.goto(address + to)
    return page
  }
}

// shot(page, name, { wait, fullPage }) keeps a picture, `wait` milliseconds later, if a folder for pictures is given.
function photographer(folder) {
  return async (page, name, { wait, ...how } = {}) => {
    if (!folder) return
    if (wait) await page.waitForTimeout(wait)
    await page.screenshot({ path: join(folder, `${name}.png`), ...how })
  }
}

// The life of a walk; ends the process, with 1 if a test or the walk itself failed. Options, all but `demo` optional:
//   demo     what `kechuang demo DB` is told besides
//   db       a city that is there already, used instead of a demo city
//   prepare  called with { kechuang, db, json } after the city is made, before it is served
//   env      for the server, besides our own environment
//   first    the number of the first test (1)
//   timeout  of whatever is done on a page, in milliseconds (30000)
//   lands    the path where the login leads ('/'); null: anywhere but the login
//   mute     errors of the console that are meant to be; without it only errors of scripts are collected
//   shots    the folder for pictures; without it none are taken
// `body` is given: kechuang, dir (its folder), db, address, browser, test(name, body), open, shot, errors (what pages
// complained of), and json(...args), what the command says with --json.
async function walk(name, options, body) {
  const kechuang = process.argv[2]
  const dir = mkdtempSync(join(tmpdir(), `kechuang-${name}-`))
  const db = options.db || join(dir, 'city.db')
  const json = (...args) => JSON.parse(execFileSync(kechuang, [...args, '--json'], { encoding: 'utf8' }))
  const told = tap(options.first || 1)
  try {
    if (!options.db) execFileSync(kechuang, ['demo', db, ...options.demo], { stdio: 'ignore' })
    if (options.prepare) options.prepare({ kechuang, db, json })
    const { server, address } = await serve(kechuang, db, options.env)
    try {
      const executablePath = process.env.CHROMIUM || '/usr/bin/chromium'
      const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS })
      try {
        const errors = []
        const open = opener(browser, address, errors, options)
        const shot = photographer(options.shots)
        await body({ kechuang, dir, db, address, browser, test: told.test, open, shot, errors, json })
      } finally {
        await browser.close()
      }
    } finally {
      server.kill()
    }
    console.log(`1..${told.count}`)
  } catch (error) {
    told.count++
    told.fail('the walk', error)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
  process.exit(told.failed ? 1 : 0)
}

module.exports = { walk, until, PASSWORD }
