// screenshots.cjs KECHUANG OUTDIR: a demo city, served, photographed page by page.
const { spawn, execFileSync } = require('node:child_process')
const { mkdtempSync, mkdirSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { chromium } = require('playwright-core')

const [kechuang, out, only] = process.argv.slice(2)
const dir = mkdtempSync(join(tmpdir(), 'kechuang-shots-'))
const db = process.env.KECHUANG_DEMO_DB || join(dir, 'city.db')
const pages = [
  ['login', '/login', null],
  ['dashboard', '/', 'canvas'],
  ['explain', '/', 'canvas', async (page) => { await page.locator('.stat .figure').first().click(); await page.waitForSelector('.el-drawer .node'); await page.waitForTimeout(500) }],
  ['ranking', '/ranking/rd_intensity', 'canvas'],
  ['forms', '/forms', 'table'],
  ['registers', '/registers/enterprise', '.el-table__row'],
  ['policies', '/policies', '.el-table__row'],
  ['meeting', '/meetings/1', '.item'],
  ['tasks', '/tasks', '.el-table__row'],
  ['audit', '/audit', '.el-table__row'],
]

async function main() {
  if (!process.env.KECHUANG_DEMO_DB) execFileSync(kechuang, ['demo', db], { stdio: 'ignore' })
  mkdirSync(out, { recursive: true })
  const server = spawn(kechuang, ['serve', db, '--listen', '127.0.0.1:0', '--lang', 'en'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => { const m = /http:\/\/[^/]+/.exec(String(text)); if (m) resolve(m[0]) })
    server.on('exit', () => reject(new Error('the server ended')))
  })
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=zh-CN'] })
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await context.newPage()
    page.on('pageerror', (error) => { console.error('page error:', error.message); process.exitCode = 1 })
    for (const [name, path, wait, act] of pages) {
      if (name !== 'login' && !(await context.cookies()).length) {
        await page.goto(address + '/login')
        await page.fill('#account', 'admin')
        await page.fill('#password', 'kechuang-demo')
        await page.click('button[type=submit]')
        await page.waitForURL(address + '/')
      }
      if (only && name !== only) continue
      await page.goto(address + path)
      if (wait) await page.waitForSelector(wait, { timeout: 20000 })
      await page.waitForTimeout(1200)
      if (act) await act(page)
      await page.screenshot({ path: join(out, `${name}.png`) })
    }
  } finally {
    await browser.close()
    server.kill('SIGTERM')
    rmSync(dir, { recursive: true, force: true })
  }
}
main().catch((error) => { console.error(error); process.exit(1) })
