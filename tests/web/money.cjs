// A walk through money: what-ifs move, a batch shows who did what, the ledger balances, the calculator needs no account. TAP.
const { spawn, execFileSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const assert = require('node:assert')
const { chromium } = require('playwright-core')

const kechuang = process.argv[2]
const dir = mkdtempSync(join(tmpdir(), 'kechuang-money-'))
const db = join(dir, 'city.db')
let count = 0
let failed = 0
async function test(name, body) {
  count++
  try {
    await body()
    console.log(`ok ${count} - ${name}`)
  } catch (error) {
    failed++
    console.log(`not ok ${count} - ${name}: ${String(error.message).split('\n')[0]}`)
    console.error(error)
  }
}
const cents = (text) => Math.round(Number(text.replace(/[^0-9.-]/g, '')) * 100)

async function main() {
  execFileSync(kechuang, ['demo', db, '--enterprises', '150', '--years', '4'], { stdio: 'ignore' })
  const server = spawn(kechuang, ['serve', db, '--listen', '127.0.0.1:0', '--lang', 'en'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => { const m = /http:\/\/[^/\s]+/.exec(String(text)); if (m) resolve(m[0]) })
    server.on('exit', () => reject(new Error('the server ended')))
  })
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  const errors = []
  async function open(account) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await context.newPage()
    page.setDefaultTimeout(60000)
    page.on('pageerror', (error) => errors.push(error.message))
    if (!account) return page
    await page.goto(address + '/login')
    await page.fill('#account', account)
    await page.fill('#password', 'kechuang-demo')
    await page.keyboard.press('Enter')
    await page.waitForURL(address + '/')
    return page
  }
  try {
    await test('the calculator answers without an account', async () => {
      const page = await open()
      await page.goto(address + '/calculator')
      await page.waitForSelector('form .line')
      await page.locator('form button[type=submit]').click()
      await page.waitForSelector('.answer')
      assert.match(await page.textContent('.answer'), /缺少|不符合|可兑付/)
    })
    await test('a what-if: moving a parameter changes sums, and nothing is written', async () => {
      const page = await open('city')
      await page.goto(address + '/policies')
      await page.waitForSelector('.el-table__row')
      await page.getByText('政策模拟').first().click()
      await page.waitForSelector('.whatif .effect')
      await page.locator('.whatif .box input').first().fill('400000')
      await page.locator('.whatif .row.on').waitFor()
      const sums = page.locator('.whatif .effect b')
      for (let i = 0; i < 100 && (await sums.nth(0).textContent()) === (await sums.nth(1).textContent()); i++) await page.waitForTimeout(100)
      assert.notEqual(await sums.nth(0).textContent(), await sums.nth(1).textContent())
      await page.context().close()
    })
    await test('a what-if over a table: by the keyboard, changed cells marked, the result beside it, problems at their cell', async () => {
      const page = await open('city')
      await page.goto(address + '/policies')
      await page.waitForSelector('.el-table__row')
      await page.getByText('政策模拟').first().click()
      await page.waitForSelector('.whatif .effect')
      await page.locator('.whatif .el-select').first().click()
      await page.getByRole('option', { name: '研发投入后补助' }).click()
      await page.waitForSelector('.rules')
      const cell = (name) => page.getByRole('textbox', { name, exact: true })
      const after = page.locator('.whatif .effect b').nth(1)
      const settled = async (was) => { for (let i = 0; i < 100 && (await after.count() === 0 || (await after.textContent()) === was); i++) await page.waitForTimeout(100) }
      await page.waitForSelector('.whatif .effect')
      const first = await after.textContent()
      const second = page.locator('.rules').nth(1)
      await second.getByRole('textbox', { name: '规则 1，科技型中小企业资格', exact: true }).focus()
      await page.keyboard.press('End')
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Control+A')
      await page.keyboard.type('100000')
      await second.locator('td.changed').waitFor()
      assert.equal(await second.locator('td.changed').count(), 1)
      await settled(first)
      assert.notEqual(await after.textContent(), first)
      if (process.env.SHOTS) await page.screenshot({ path: process.env.SHOTS + '/whatif-table.png' })
      await page.keyboard.press('Escape')
      assert.equal(await page.locator('td.changed').count(), 0)
      await cell('规则 2，营业收入').focus()
      await page.keyboard.press('Control+A')
      await page.keyboard.type('>= scale +')
      await page.locator('td.bad').waitFor()
      assert.match(await page.locator('.rules .message.error').first().textContent(), /规则 2，列“营业收入”，第 \d+ 个字符/)
      if (process.env.SHOTS) await page.screenshot({ path: process.env.SHOTS + '/whatif-bad.png' })
      await page.keyboard.press('Escape')
      await page.waitForSelector('.whatif .effect')
      await page.keyboard.press('Alt+ArrowDown')
      assert.equal(await page.locator('.moved').count(), 1)
      await page.keyboard.press('Alt+Enter')
      await page.locator('tr.added').waitFor()
      await page.keyboard.press('Alt+Delete')
      assert.equal(await page.locator('tr.added').count(), 0)
      await second.getByRole('button', { name: '删除规则 2' }).click()
      await second.getByText('恢复规则 2').click()
      await second.locator('.message').waitFor({ state: 'detached' }).catch(() => {})
      await page.getByRole('button', { name: '恢复现行' }).click()
      assert.equal(await page.locator('.moved').count(), 0)
      await page.locator('.upload input').setInputFiles({ name: 'model.dmn', mimeType: 'text/xml', buffer: Buffer.from('<broken>') })
      await page.locator('.whatif .side > .message.error').waitFor()
      await page.getByRole('button', { name: '不用这个文件' }).first().click()
      await page.waitForSelector('.whatif .effect')
      await page.context().close()
    })
    await test('a batch shows who did what; what may not be done is not offered', async () => {
      const page = await open('leader')
      await page.goto(address + '/money')
      await page.waitForSelector('.batch')
      await page.locator('.batch').first().click()
      const drawer = page.locator('.el-drawer', { has: page.locator('.el-timeline') })
      await drawer.locator('.el-table__row').first().waitFor()
      const text = await drawer.textContent()
      for (const who of ['city', 'reviewer', 'leader']) assert.ok(text.includes(who), who)
      assert.equal(await page.locator('.el-drawer .actions button').count(), 0)
      await page.context().close()
    })
    await test('the ledger balances on the page', async () => {
      const page = await open('finance')
      await page.goto(address + '/money')
      await page.getByText('账簿').click()
      await page.waitForSelector('.two .el-table__row')
      const balances = await page.$$eval('.two .card:first-child .el-table__row td:last-child', (cells) => cells.map((c) => c.textContent))
      assert.ok(balances.length > 5)
      assert.equal(balances.map(cents).reduce((a, b) => a + b, 0), 0)
      await page.context().close()
    })
    await test('no page threw an error', async () => assert.deepEqual(errors, []))
  } finally {
    await browser.close()
    server.kill()
    rmSync(dir, { recursive: true, force: true })
  }
  console.log(`1..${count}`)
  process.exit(failed ? 1 : 0)
}
main().catch((error) => { console.log(`not ok ${count + 1} - ${error.message}`); process.exit(1) })
