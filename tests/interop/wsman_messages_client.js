// SPDX-License-Identifier: GPL-2.0-or-later
// The messages of @device-management-toolkit/wsman-messages, written for Intel AMT, sent to an agent.
//
//   node wsman_messages_client.js NODE_MODULES      (and the environment of tests/interop/run.py)
'use strict'
const fs = require('node:fs')
const https = require('node:https')
const path = require('node:path')

const library = path.resolve(process.argv[2], '@device-management-toolkit', 'wsman-messages')
const { AMT, CIM } = require(library)
const { BaseActions, WSManMessageCreator } = require(path.join(library, 'WSMan.js'))

const url = new URL(process.env.INTEROP_URL)
const cert = fs.readFileSync(process.env.INTEROP_CERT)
const ca = fs.readFileSync(process.env.INTEROP_CA)
const withCertificate = { agent: new https.Agent({ keepAlive: true, ca, cert, key: cert }), headers: {} }
const scx = new WSManMessageCreator('http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/')

function demand (holds, what) {
  if (!holds) throw new Error(what)
  console.log(`  ${what}`)
}

function post (how, body) {
  const headers = { 'Content-Type': 'application/soap+xml; charset=UTF-8', ...how.headers }
  return new Promise((resolve, reject) => {
    const request = https.request(url, { method: 'POST', agent: how.agent, headers, timeout: 20000 }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() }))
    })
    request.on('timeout', () => request.destroy(new Error('no answer in 20 s')))
    request.on('error', reject)
    request.write(body) // no length is known yet: the body goes out chunked
    request.end()
  })
}

const between = (text, open, close) => text.includes(open) ? text.split(open)[1].split(close)[0] : ''
const contextOf = (answer) => between(answer.text, '<wsen:EnumerationContext>', '</wsen:EnumerationContext>')
const fault = (answer, subcode) => answer.status === 500 && answer.text.includes(`<SOAP-ENV:Value>${subcode}</SOAP-ENV:Value>`)

async function all (how, name) {
  const begun = await post(how, scx.createXml(scx.createHeader(BaseActions.ENUMERATE, name), scx.createCommonBody.Enumerate()))
  const items = []
  for (let context = contextOf(begun), turns = 0; context !== '' && turns < 100; turns++) {
    const pull = scx.createXml(scx.createHeader(BaseActions.PULL, name), scx.createCommonBody.Pull(context))
    const page = await post(how, pull)
    const id = between(pull, '<a:MessageID>', '</a:MessageID>')
    demand(page.status === 200 && page.text.includes(`<wsa:RelatesTo>${id}</wsa:RelatesTo>`), `Pull ${id} of ${name} is answered`)
    items.push(...page.text.split(`<p:${name} `).slice(1))
    context = page.text.includes('<wsen:EndOfSequence/>') ? '' : contextOf(page)
  }
  return items
}

async function instances (how) {
  demand((await all(how, 'SCX_OperatingSystem')).length === 1, 'one operating system is enumerated')
  demand((await all(how, 'SCX_UnixProcess')).length > 3, 'processes are enumerated')
  const header = scx.createHeader(BaseActions.GET, 'SCX_Agent', { name: 'Name', value: 'scx' })
  const got = await post(how, scx.createXml(header, scx.createCommonBody.Get()))
  demand(got.status === 200 && got.text.includes('<p:SCX_Agent '), 'Get by a selector gives the agent')
}

async function itsOwnClasses (how) {
  const cim = new CIM.Messages()
  const begun = await post(how, cim.MediaAccessDevice.Enumerate())
  demand(contextOf(begun) !== '', 'CIM_MediaAccessDevice, a base class here, is enumerated')
  const pulled = await post(how, cim.MediaAccessDevice.Pull(contextOf(begun)))
  demand(pulled.status === 200 && pulled.text.includes('<wsen:EndOfSequence/>'), 'and pulled to its end')
  demand(fault(await post(how, cim.Chassis.Enumerate()), 'wsa:DestinationUnreachable'), 'CIM_Chassis is not offered')
  const settings = new AMT.Messages().GeneralSettings.Get()
  demand(fault(await post(how, settings), 'wsa:DestinationUnreachable'), 'AMT_GeneralSettings is not offered')
  demand(fault(await post(how, cim.WiFiEndpointSettings.Delete({ name: 'InstanceID', value: 'x' })), 'wsa:ActionNotSupported'),
    'Delete is refused by name')
}

async function basic () {
  const { INTEROP_USER: user, INTEROP_PASSWORD: password } = process.env
  if (!user) return
  console.log('with Basic:')
  const how = (word) => ({
    agent: new https.Agent({ keepAlive: true, ca }),
    headers: { Authorization: 'Basic ' + Buffer.from(`${user}:${word}`).toString('base64') }
  })
  await instances(how(password))
  const refused = await post(how('wrong'), new CIM.Messages().Chip.Get())
  demand(refused.status === 401 && refused.text === '', 'a wrong password is refused without a word')
}

async function main () {
  console.log('with a client certificate:')
  await instances(withCertificate)
  await itsOwnClasses(withCertificate)
  await basic()
}

main().then(() => process.exit(0), (error) => {
  console.error(`wsman-messages: ${error.message}`)
  process.exit(1)
})
