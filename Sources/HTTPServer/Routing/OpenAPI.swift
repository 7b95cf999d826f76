internal import AccessControl

/// The description of the service (OpenAPI 3.1), made of the table that serves.
struct OpenAPI {
  let endpoints: [Endpoint]
  let version: String

  var json: JSONValue {
    var components: [String: JSONValue] = [:]
    var paths: [JSONValue.Member] = []
    // A page is left out, save where a program asks the same path in another way: `Allow` names both.
    let shared = Set(endpoints.filter { !$0.isForBrowsers }.map(\.path))
    for endpoint in endpoints where !endpoint.isForBrowsers || shared.contains(endpoint.path) {
      let operation = JSONValue.Member(
        endpoint.method.rawValue.lowercased(), self.operation(endpoint, &components))
      if let index = paths.firstIndex(where: { $0.name == endpoint.path }),
        case .object(let others) = paths[index].value
      {
        paths[index].value = .object(others + [operation])
      } else {
        paths.append(.init(endpoint.path, .object([operation])))
      }
    }
    let problem = Self.problem.json(&components)
    let schemas = components.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) }
    return .members([
      "openapi": "3.1.0",
      "info": .members([
        "title": "Daybook", "version": .text(version),
        "description":
          "Analytics of an AI platform. Every error is a problem of RFC 9457, with a `code` that stays.",
      ]),
      "servers": .array([.members(["url": "/"])]),
      "paths": .object(paths),
      "components": .members([
        "schemas": .object(schemas),
        "responses": .members([
          "Problem": .members([
            "description": "What is wrong, and with which field.",
            "content": .members([Problem.contentType: .members(["schema": problem])]),
          ])
        ]),
        "securitySchemes": .members([
          "token": .members(["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]),
          "emitter_key": .members(["type": "http", "scheme": "bearer", "bearerFormat": "dbk_..."]),
        ]),
      ]),
    ])
  }

  private func operation(
    _ endpoint: Endpoint, _ components: inout [String: JSONValue]
  ) -> JSONValue {
    var answers = endpoint.answers.map { answer in
      JSONValue.Member(String(answer.status), self.answer(answer, &components))
    }
    answers.append(
      .init("default", .members(["$ref": "#/components/responses/Problem"])))
    let parameters = endpoint.allParameters.map { parameter($0, &components) }
    return .members([
      "operationId": .text(Self.operationID(endpoint)), "summary": .text(endpoint.summary),
      "description": .text(description(endpoint)), "tags": .array([.text(endpoint.tag)]),
      "security": .array(
        endpoint.access.schemes.map { .object([.init($0, .array([]))]) }),
      "parameters": parameters.isEmpty ? nil : .array(parameters),
      "requestBody": endpoint.body.map { body($0, &components) },
      "responses": .object(answers),
    ])
  }

  private func description(_ endpoint: Endpoint) -> String {
    let access =
      switch endpoint.access {
      case .open: "Needs no token."
      case .emitter(let kind): "For emitter keys of kind `\(kind.rawValue)`."
      case .emitterOrPerson(let kind):
        "For emitter keys of kind `\(kind.rawValue)`, and for whoever is signed in, of himself."
      case .scoped(let capability), .capable(let capability), .everywhere(let capability):
        "For roles that may: \(capability.title)."
      }
    return endpoint.about.isEmpty ? access : "\(endpoint.about)\n\n\(access)"
  }

  private func answer(
    _ answer: EndpointAnswer, _ components: inout [String: JSONValue]
  ) -> JSONValue {
    let content = answer.types.map { type in
      JSONValue.Member(
        type,
        .members([
          "schema": answer.schema.map { $0.json(&components) }
            ?? .members(["type": Self.isText(type) ? "string" : nil])
        ]))
    }
    return .members([
      "description": .text(answer.about), "content": content.isEmpty ? nil : .object(content),
    ])
  }

  private func parameter(
    _ parameter: EndpointParameter, _ components: inout [String: JSONValue]
  ) -> JSONValue {
    var schema = parameter.schema.json(&components)
    if let fallback = parameter.fallback, case .object(let members) = schema {
      let value: JSONValue =
        switch parameter.kind {
        case .integer: .integer(Int64(fallback) ?? 0)
        case .flag: .boolean(fallback == "true")
        default: .text(fallback)
        }
      schema = .object(members + [.init("default", value)])
    }
    return .members([
      "name": .text(parameter.name), "in": .text(parameter.place.rawValue),
      "required": .boolean(parameter.isRequired), "description": .text(parameter.about),
      "schema": schema,
    ])
  }

  private func body(
    _ body: EndpointBody, _ components: inout [String: JSONValue]
  ) -> JSONValue {
    let schema: JSONValue =
      switch body {
      case .json(let schema, _), .records(_, let schema): schema.json(&components)
      case .bytes: .object([])
      }
    return .members([
      "required": true,
      "content": .object(body.types.map { .init($0, .members(["schema": schema])) }),
    ])
  }

  /// Of events in a stream, OpenAPI 3.1 cannot say what each is.
  private static func isText(_ type: String) -> Bool {
    !type.hasSuffix("json") && type != ServerSentEvent.contentType
  }

  /// `get_api_queries_id` for `GET /api/queries/{id}`.
  private static func operationID(_ endpoint: Endpoint) -> String {
    let parts = endpoint.path.split { !$0.isLetter && !$0.isNumber }.map { String($0) }
    return ([endpoint.method.rawValue.lowercased()] + parts).joined(separator: "_")
  }

  static let problem = Schema.named(
    "Problem",
    .object([
      .init("type", .string, "`urn:daybook:problem:` and the code."),
      .init("title", .string, "The same for each problem of this code."),
      .init("status", .integer(400...599)),
      .init("detail", .string, "About this one."),
      .init("code", .string, "For programs."),
      .init(
        "errors",
        .array(
          .object([
            .init("field", .string, "A parameter, or a place in the body: `columns[2].name`."),
            .init("rule", .string, "Which rule it breaks, in one word."),
            .init("message", .string, "What is allowed."),
          ]), nil), isRequired: false),
      .init("sqlstate", .text(5...5), isRequired: false, "PostgreSQL's code, of SQL."),
      .init(
        "position",
        .object([
          .init("start", .integer(1...Int.max)), .init("length", .count),
          .init("line", .integer(1...Int.max)), .init("column", .integer(1...Int.max)),
          .init("excerpt", .string),
        ]),
        isRequired: false, "The place in the SQL, in characters from 1."),
      .init("byte", .count, isRequired: false, "The place in the body, from 0."),
      .init("hint", .string, isRequired: false, "What to do about it."),
      .init("request_id", .string, "What the log calls this request."),
    ]))
}

extension EndpointAccess {
  /// The names of what a caller may show; none: nothing is needed.
  fileprivate var schemes: [String] {
    switch self {
    case .open: []
    case .scoped, .capable, .everywhere: ["token"]
    case .emitter: ["emitter_key"]
    case .emitterOrPerson: ["emitter_key", "token"]
    }
  }
}
