// Meetings in the browser: a speech is uploaded, confirmed by keyboard and mouse, applied; the letters, tasks and the draft
// policy that came of it are looked at, there and by the command line. TAP from 1 on.
const { spawn, execFileSync, spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const assert = require('node:assert')
const { chromium } = require('playwright-core')

const [kechuang, speech] = process.argv.slice(2)
const dir = mkdtempSync(join(tmpdir(), 'kechuang-meeting-'))
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
const json = (...args) => JSON.parse(execFileSync(kechuang, [...args, '--json'], { encoding: 'utf8' }))

async function main() {
  execFileSync(kechuang, ['demo', db, '--enterprises', '200', '--years', '3'], { stdio: 'ignore' })
  const server = spawn(kechuang, ['serve', db, '--listen', '127.0.0.1:0', '--lang', 'en'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => { const m = /http:\/\/[^/]+/.exec(String(text)); if (m) resolve(m[0]) })
    server.on('exit', () => reject(new Error('the server ended')))
  })
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  const errors = []
  async function open(account) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await context.newPage()
    page.setDefaultTimeout(30000)
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (m) => { if (m.type() === 'error' && !/401|404|409|400/.test(m.text())) errors.push(m.text()) })
    await page.goto(address + '/login')
    await page.fill('#account', account)
    await page.fill('#password', 'kechuang-demo')
    await page.keyboard.press('Enter')
    await page.waitForURL(address + '/')
    return page
  }
  const itemsOf = (meeting) => json('meeting', 'show', db, String(meeting)).items
  const current = (page) => page.locator('.item.current').first()
  const say = (page, text) => page.locator('.el-message', { hasText: text }).last().waitFor()
  try {
    let page
    let meeting
    await test('the demo city has a meeting with confirmed items', async () => {
      page = await open('city')
      await page.getByRole('link', { name: '会议' }).click()
      await page.waitForSelector('.meeting')
      assert.match(await page.textContent('.meeting'), /科技创新工作推进会/)
    })
    await test('a speech is uploaded and read', async () => {
      await page.setInputFiles('input[type=file]', speech)
      await page.waitForURL(/meetings\/\d+$/)
      meeting = Number(/(\d+)$/.exec(page.url())[1])
      await page.waitForSelector('.item')
      const items = itemsOf(meeting)
      assert.ok(items.length > 15)
      assert.equal(await page.locator('.item').count(), items.length)
      assert.ok(await page.locator('mark.task').count() >= 3)
    })
    await test('the same file again is told with the number it has', async () => {
      await page.goto(address + '/meetings')
      await page.setInputFiles('input[type=file]', speech)
      await say(page, `第 ${meeting} 号会议`)
      await page.goto(`${address}/meetings/${meeting}`)
      await page.waitForSelector('.item')
    })
    await test('a place in the text picks its item, and an item its place', async () => {
      const mark = page.locator('mark.target').first()
      await mark.click()
      const words = (await mark.textContent()).trim()
      assert.ok((await current(page).textContent()).includes(words))
      await page.locator('.item.incentive').first().click()
      await page.waitForSelector('mark.incentive.current')
    })
    await test('the keys are shown with ?', async () => {
      await page.keyboard.press('?')
      await page.locator('.keys').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.keys').waitFor({ state: 'hidden' })
    })
    await test('A accepts, U takes back, X rejects', async () => {
      await page.locator('.item.target').first().click()
      const id = Number(await current(page).getAttribute('data-item'))
      const state = () => itemsOf(meeting).find((i) => i.item === id).state
      await page.keyboard.press('a')
      await say(page, '已确认')
      assert.equal(state(), 'accepted')
      await page.locator(`.item[data-item="${id}"]`).click()
      await page.keyboard.press('u')
      await say(page, '已撤销')
      assert.equal(state(), 'proposed')
      await page.keyboard.press('x')
      await say(page, '已否定')
      assert.equal(state(), 'rejected')
      await page.locator(`.item[data-item="${id}"]`).click()
      await page.keyboard.press('a')
      await page.waitForSelector(`.item[data-item="${id}"] .el-tag--success`)
    })
    await test('E mends in a form: deadline, cadence, units', async () => {
      await page.locator('.item.task', { hasText: '中试基地' }).first().click()
      const id = Number(await current(page).getAttribute('data-item'))
      await page.keyboard.press('e')
      const form = page.locator('.el-dialog:visible')
      await form.locator('.el-form-item', { hasText: '期限' }).locator('input').fill('2099年底')
      await form.getByRole('button', { name: '确定' }).click()
      await say(page, '已修改')
      const item = itemsOf(meeting).find((i) => i.item === id)
      assert.equal(item.state, 'mended')
      assert.equal(item.fields.deadline, '2099年底')
    })
    await test('S splits, the space bar and M join again', async () => {
      await page.locator('.item.task', { hasText: '对接活动' }).first().click()
      const id = Number(await current(page).getAttribute('data-item'))
      const quote = itemsOf(meeting).find((i) => i.item === id).quote
      const cut = quote.indexOf('每季度')
      await page.keyboard.press('s')
      const dialog = page.locator('.el-dialog:visible')
      await dialog.locator('textarea').fill('不在里面的话')
      await dialog.locator('[role=alert]').waitFor()
      await dialog.locator('textarea').fill(`${quote.slice(0, cut)}\n${quote.slice(cut)}`)
      await dialog.getByRole('button', { name: /^拆分/ }).click()
      await say(page, '已拆分')
      const heirs = itemsOf(meeting).filter((i) => i.parents.includes(id))
      assert.equal(heirs.length, 2)
      for (const h of heirs) {
        await page.locator(`.item[data-item="${h.item}"]`).click()
        await page.keyboard.press(' ')
      }
      await page.keyboard.press('m')
      await say(page, '已合并')
      const whole = itemsOf(meeting).find((i) => i.parents.length === 2)
      assert.equal(whole.quote, quote)
      assert.equal(whole.state, 'proposed')
    })
    await test('two people at once: the second is told who was faster', async () => {
      await page.locator('.item.task', { hasText: '技术转移中心' }).first().click()
      const id = Number(await current(page).getAttribute('data-item'))
      execFileSync(kechuang, ['meeting', 'reject', db, String(id), '--as', 'admin'])
      await page.keyboard.press('a')
      const note = page.locator('.el-notification')
      await note.waitFor()
      assert.match(await note.textContent(), /admin.*否定/)
      await page.waitForSelector(`.item[data-item="${id}"] .el-tag--danger`)
    })
    await test('filters leave the open tasks, and each is accepted by its key', async () => {
      await page.keyboard.press('f')
      const open = () => itemsOf(meeting).filter((i) => i.state === 'proposed')
      const before = open().filter((i) => i.kind !== 'fact').length
      for (const item of open().filter((i) => i.kind !== 'fact')) {
        await page.locator(`.item[data-item="${item.item}"]`).click()
        await page.keyboard.press('a')
        await page.locator(`.item[data-item="${item.item}"]`).waitFor({ state: 'detached' })
      }
      assert.ok(before > 5)
      assert.equal(open().filter((i) => i.kind !== 'fact').length, 0)
    })
    await test('applied: tasks, letters, draft policies', async () => {
      await page.getByRole('button', { name: /落实已确认的条目/ }).click()
      await page.locator('.el-message-box').getByRole('button').last().click()
      await page.waitForSelector('[data-part=drafts]')
      const results = json('meeting', 'results', db, String(meeting))
      assert.ok(results.tasks.length >= 4 && results.lines.length >= 3 && results.drafts.length >= 2)
      assert.equal(await page.locator('[data-part=tasks] .el-table__row').count(), results.tasks.length)
      assert.equal(await page.locator('[data-part=lines] .el-table__row').count(), results.lines.length)
      assert.match(await page.textContent('[data-part=lines]'), /研发投入强度/)
      assert.ok(results.drafts.every((d) => d.passes))
      assert.equal(await page.locator('[data-part=drafts] .el-tag--success').count(), results.drafts.length)
    })
    await test('the letter of the year has the line', async () => {
      const text = execFileSync(kechuang, ['letter', 'list', db, '--year', '2023', '--drafts', '--json'], { encoding: 'utf8' })
      assert.ok(text.includes(`meeting:${meeting}/item:`))
    })
    await test('the draft policy shows its table and cases, and its bundle is taken by pack check', async () => {
      await page.locator('.draft').first().getByRole('button', { name: '文件' }).click()
      await page.waitForSelector('pre.file')
      const text = await page.locator('.el-drawer:visible').textContent()
      assert.match(text, /decisionTable/)
      assert.match(text, /刚低于|不符合/)
      await page.keyboard.press('Escape')
      const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.draft').first().getByRole('button', { name: '下载' }).click()])
      const pack = join(dir, 'pack')
      execFileSync('cp', ['-r', join(__dirname, '..', '..', 'packs', 'city'), pack])
      execFileSync('python3', ['-m', 'zipfile', '-e', await file.path(), pack])
      const checked = spawnSync(kechuang, ['pack', 'check', pack], { encoding: 'utf8' })
      assert.equal(checked.status, 0, checked.stdout + checked.stderr)
    })
    await test('facts differ where they differ, and lead back to the sentence', async () => {
      const facts = page.locator('[data-part=facts]')
      assert.ok(await facts.locator('.el-table__row').count() >= 3)
      await facts.locator('a').first().click()
      await page.waitForSelector('mark.current')
    })
    await test('a county sees its task, reports and gives evidence; the city closes it', async () => {
      const task = json('meeting', 'results', db, String(meeting)).tasks.find((t) => t.action.includes('中试基地'))
      assert.equal(task.owner, '980102')
      const county = await open('jinhu')
      assert.equal(await county.locator('nav a', { hasText: '会议' }).count(), 0)
      await county.goto(`${address}/tasks?task=${task.task}`)
      await county.waitForSelector('.do textarea')
      await county.fill('.do textarea', '完成选址')
      await county.getByRole('button', { name: '报送进展' }).click()
      await county.locator('.el-timeline', { hasText: '完成选址' }).waitFor()
      await county.setInputFiles('.do input[type=file]', speech)
      await county.locator('.el-timeline a').waitFor()
      assert.equal(await county.getByRole('button', { name: '办结' }).count(), 0)
      await page.goto(`${address}/tasks?task=${task.task}`)
      await page.waitForSelector('.do textarea')
      await page.getByRole('button', { name: '办结', exact: true }).click()
      await say(page, '已办理')
      assert.equal(json('task', 'show', db, String(task.task)).task.closed, true)
    })
    await test('the pages speak English when asked', async () => {
      await page.goto(`${address}/meetings/${meeting}`)
      await page.getByRole('button', { name: 'English' }).click()
      await page.waitForSelector('text=Apply what is confirmed')
      assert.match(await page.textContent('.list'), /Task|Target/)
    })
    await test('no script failed on the way', async () => assert.deepEqual(errors, []))
  } finally {
    await browser.close()
    server.kill('SIGTERM')
    rmSync(dir, { recursive: true, force: true })
  }
}
main().then(() => process.exit(failed ? 1 : 0), (error) => { console.error(error); console.log(`not ok ${count + 1} - ${error.message}`); process.exit(1) })
