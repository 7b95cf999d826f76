internal import HTTPTypes

extension Service {
  static let browserEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/daybook.js", "Give the script for browsers",
      about: "It sends page views, heartbeats and events of pages that include it.", tag: "ingest",
      access: .open,
      answers: [EndpointAnswer(200, "The script.", types: ["text/javascript"])]
    ) { _, _ in
      var response = ServiceResponse(
        contentType: "text/javascript; charset=utf-8", body: .bytes(PackageResources.daybook_js))
      // For pages of any site: there is nothing in it but the script.
      if let name = HTTPField.Name("Cross-Origin-Resource-Policy") {
        response.headers[name] = "cross-origin"
      }
      response.headers[.cacheControl] = "public, max-age=3600"
      return response
    }
  ]
}
