// The shared worker: holds the browser's one stream and hands what comes to every tab.
import {runFeed, type FeedMessage} from './feed'

const ports = new Set<MessagePort>()
let state: FeedMessage | undefined

interface SharedScope { onconnect: ((event: MessageEvent) => void) | null }

;(self as unknown as SharedScope).onconnect = (event) => {
  const port = event.ports[0]!
  ports.add(port)
  port.onmessage = () => ports.delete(port)  // the tab goes
  if (state) port.postMessage(state)
  port.start()
}

runFeed((message) => {
  if (message.kind === 'open' || message.kind === 'lost') state = message
  for (const port of ports) port.postMessage(message)
})
