internal import HTTPTypes

/// The dashboard: each of its pages is the same file, whose script draws what the path says.
extension Service {
  static let pagePaths = [
    "/", "/overview", "/activity", "/requests", "/users", "/users/{id}", "/cost", "/feedback",
    "/audit", "/live", "/query", "/system", "/me", "/sign-in",
  ]

  static let pageEndpoints: [Endpoint] =
    pagePaths.map { path in
      page(
        path, "Give the dashboard", types: ["text/html"],
        parameters: path.contains("{id}")
          ? [.path("id", .text(1...512), "Whom the page is about.")] : []
      ) { request, _ in
        var response = WebFiles.pageFile.response(to: request.headers)
        PageHeaders.add(to: &response.headers)
        return response
      }
    } + [
      page(
        "/assets/{name}", "Give a file of the dashboard",
        parameters: [.path("name", .text(1...128), "Its name.")]
      ) { request, _ in try own(request.arguments.text("name") ?? "", request) },
      page(
        "/assets/{version}/{name}", "Give a file of this version of the dashboard",
        parameters: [
          .path("version", .text(1...64), "The version, as the page names it."),
          .path("name", .text(1...128), "Its name."),
        ]
      ) { request, _ in
        guard request.arguments.text("version") == WebFiles.version else {
          var problem = Problem.notFound("the service has other files than this page came with")
          problem.hint = "load the page again"
          throw problem
        }
        return try own(
          request.arguments.text("name") ?? "", request, of: WebFiles.ofVersion, kept: .forever)
      },
      page("/favicon.ico", "Give the dashboard's icon") { request, _ in
        try own("icon.svg", request)
      },
      page(
        "/assets/vendor/{name}", "Give a library of the dashboard",
        parameters: [.path("name", .text(1...128), "Its name.")]
      ) { request, service in
        let name = request.arguments.text("name") ?? ""
        let file = try await service.run { try service.vendorFiles.file(named: name) }
        return file.response(to: request.headers, kept: .anHour)
      },
    ]

  /// What a browser gets that asks for a page that there is not: the dashboard, which says so and has ways
  /// back. Programs get a problem, as everybody does below `/api` and `/assets`.
  static func pageOfNothing(
    _ method: HTTPRequest.Method, _ path: Substring, _ headers: HTTPFields
  ) -> ServiceResponse? {
    guard method == .get || method == .head,
      !["/api/", "/assets/"].contains(where: { path.hasPrefix($0) }),
      headers[values: .accept].contains(where: { $0.lowercased().contains("text/html") })
    else { return nil }
    var response = WebFiles.pageFile.response(to: HTTPFields())
    response.status = .notFound
    response.headers[.eTag] = nil
    response.headers[.cacheControl] = "no-store"
    PageHeaders.add(to: &response.headers)
    return response
  }

  private static func page(
    _ path: String, _ summary: String, types: [String] = ["application/octet-stream"],
    parameters: [EndpointParameter] = [], handler: @escaping Endpoint.Handler
  ) -> Endpoint {
    var endpoint = Endpoint(
      .get, path, summary, tag: "dashboard", access: .open, parameters: parameters,
      answers: [EndpointAnswer(200, "It.", types: types)], handler: handler)
    endpoint.isForBrowsers = true
    return endpoint
  }

  private static func own(
    _ name: String, _ request: ServiceRequest, of files: [String: WebFile] = WebFiles.all,
    kept: WebFile.Keeping = .untilAsked
  ) throws(Problem) -> ServiceResponse {
    guard let file = files[name] else { throw .notFound("there is no such file") }
    return file.response(to: request.headers, kept: kept)
  }
}
