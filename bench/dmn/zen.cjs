// The subsidy in GoRules ZEN, a graph of an expression and a table, compiled once: zen.cjs DATA OUT
const fs = require('fs')
const { ZenEngine, ZenDecisionContent } = require('@gorules/zen-engine')
const [data, out] = process.argv.slice(2)

const rules = [
  ['"规上"', '<= 0', '', '0'],
  ['"规上"', '(0..50000000]', '', 'round(excess * 0.10, 2)'],
  ['"规上"', '> 50000000', '', '5000000'],
  ['"科技型中小"', '', '<= 3333333.33', 'round(rd * 0.15, 2)'],
  ['"科技型中小"', '', '> 3333333.33', '500000'],
  ['"其他"', '', '', '0'],
].map(([a, b, c, d], i) => ({ _id: 'r' + i, c1: a, c2: b, c3: c, o1: d }))
const graph = {
  nodes: [
    { id: 'in', name: 'in', type: 'inputNode' },
    { id: 'ex', name: 'ex', type: 'expressionNode', content: { passThrough: true, expressions: [{ id: 'e', key: 'excess', value: 'rd - revenue * 0.02' }] } },
    { id: 'dt', name: 'dt', type: 'decisionTableNode', content: { hitPolicy: 'first',
      inputs: [{ id: 'c1', name: 'scale', field: 'scale' }, { id: 'c2', name: 'excess', field: 'excess' }, { id: 'c3', name: 'rd', field: 'rd' }],
      outputs: [{ id: 'o1', name: 'amount', field: 'amount' }], rules } },
    { id: 'out', name: 'out', type: 'outputNode' },
  ],
  edges: [
    { id: 'a', sourceId: 'in', targetId: 'ex' }, { id: 'b', sourceId: 'ex', targetId: 'dt' }, { id: 'c', sourceId: 'dt', targetId: 'out' },
  ],
}
const firms = fs.readFileSync(data, 'utf8').trim().split('\n').slice(1).map(l => {
  const [scale, revenue, rd] = l.split(',')
  return { scale, revenue: Number(revenue), rd: Number(rd) }
})
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6 }
const content = new ZenDecisionContent(Buffer.from(JSON.stringify(graph)))
const decision = new ZenEngine().createDecision(content)

async function oneByOne (rows) {
  const answers = []
  for (const f of rows) answers.push((await decision.evaluate(f)).result.amount)
  return answers
}
async function together (rows) {
  const answers = []
  for (let i = 0; i < rows.length; i += 1000)
    for (const r of await Promise.all(rows.slice(i, i + 1000).map(f => decision.evaluate(f)))) answers.push(r.result.amount)
  return answers
}
;(async () => {
  let best = 0
  let answers
  for (const mode of [oneByOne, together]) {
    await mode(firms.slice(0, 2000))
    const speeds = []
    for (let i = 0; i < 3; i++) {
      const begin = cpu()
      answers = await mode(firms)
      speeds.push(firms.length / (cpu() - begin))
    }
    best = Math.max(best, speeds.sort((a, b) => a - b)[1])
  }
  fs.writeFileSync(out, answers.map(a => String(Math.round(a * 100))).join('\n') + '\n')
  console.log(best)
})().catch(e => { console.error(e); process.exit(1) })
