// Shows this server's own description of its API with Swagger UI. Nothing comes from elsewhere: no validator, no
// address taken from the query.
globalThis.SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  tagsSorter: 'alpha',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  queryConfigEnabled: false,
  validatorUrl: null,
});
