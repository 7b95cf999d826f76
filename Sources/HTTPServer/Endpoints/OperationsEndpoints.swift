internal import AccessControl

extension Service {
  static let operationsEndpoints: [Endpoint] = [
    Endpoint(
      .get, metricsPath, "Read the metrics",
      about: "In Prometheus' text format. The setting `metrics.access` opens it to all.",
      tag: "operations", access: .everywhere(.operate),
      answers: [EndpointAnswer(200, "The metrics.", types: ["text/plain"])]
    ) { _, service in
      .text(service.metrics.registry.text, contentType: MetricRegistry.contentType)
    },
    Endpoint(
      .get, "/openapi.json", "Describe the service", about: "This description, in OpenAPI 3.1.",
      tag: "operations", access: .open,
      answers: [EndpointAnswer(200, "The description.", schema: .any)]
    ) { _, service in
      .json(OpenAPI(endpoints: service.endpoints.endpoints, version: serviceVersion).json)
    },
  ]

  static let metricsPath = "/metrics"
}

package let serviceVersion = "0.1.0"
