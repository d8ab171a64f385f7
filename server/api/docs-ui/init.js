// A file of its own, because the page's Content-Security-Policy forbids scripts in the page.
window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null, // the usual one is on the Internet
});
