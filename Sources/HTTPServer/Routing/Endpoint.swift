package import AccessControl

/// One thing that the service can be asked, with all that is known of it: what serves it, describes it
/// (OpenAPI), refuses it and tests it reads this one value.
package struct Endpoint: Sendable {
  package typealias Handler =
    @Sendable (ServiceRequest, Service) async throws -> ServiceResponse

  package enum Method: String, CaseIterable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  package var method: Method
  /// Parts that vary stand in braces: `/api/queries/{id}`; each is a parameter whose place is the path.
  package var path: String
  /// A few words in the imperative: `Run a statement of SQL`.
  package var summary: String
  /// More, in Markdown; may be empty.
  package var about: String
  /// The group that it is listed in.
  package var tag: String
  package var access: EndpointAccess
  package var parameters: [EndpointParameter]
  /// `nil`: it takes no body, and refuses one.
  package var body: EndpointBody?
  /// What it answers when all goes well. Problems are the same everywhere and are not listed.
  package var answers: [EndpointAnswer]
  /// A body with wrong values is answered 422 rather than 400, as parameters are everywhere: it is a question
  /// that is understood, and cannot be.
  package var findsBodyUnprocessable = false
  /// It changes nothing although it is no GET: what it asks stands in the body.
  package var isQuestion = false
  /// A page or a part of one: OpenAPI, which is for programs, leaves it out, and what stands after the
  /// question mark is for the page's script.
  package var isForBrowsers = false
  /// Refuses requests that say they come from a page of another origin, whoever sends them. Elsewhere those
  /// with the dashboard's cookie are refused alone.
  package var refusesOtherOrigins = false
  package var handler: Handler

  package init(
    _ method: Method, _ path: String, _ summary: String, about: String = "", tag: String,
    access: EndpointAccess, parameters: [EndpointParameter] = [], body: EndpointBody? = nil,
    answers: [EndpointAnswer], handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.summary = summary
    self.about = about
    self.tag = tag
    self.access = access
    self.parameters = parameters
    self.body = body
    self.answers = answers
    self.handler = handler
  }

  var onlyReads: Bool { method == .get || isQuestion }

  /// The same, as one that changes nothing.
  var asQuestion: Endpoint {
    var endpoint = self
    endpoint.isQuestion = true
    return endpoint
  }

  /// The same, as one that answers 422 to a body with wrong values.
  var findingBodyUnprocessable: Endpoint {
    var endpoint = self
    endpoint.findsBodyUnprocessable = true
    return endpoint
  }

  /// `GET /api/queries/{id}`: what the log, the metrics and the tests call it.
  package var name: String { "\(method.rawValue) \(path)" }

  /// Its own parameters, and those that its access brings.
  package var allParameters: [EndpointParameter] {
    switch access {
    case .scoped:
      parameters + (onlyReads ? OrganizationParameters.allToRead : OrganizationParameters.all)
    case .emitterOrPerson: parameters + OrganizationParameters.named
    default: parameters
    }
  }
}

/// Who may ask. There is no default: an endpoint that says nothing does not compile.
package enum EndpointAccess: Sendable, Equatable {
  /// Everybody, without a token.
  case open
  /// Whoever's role has the capability, about rows of organisations. The request may name one by
  /// `organization_id` (or `company_id`, `org_id`), or ask for all by `organizations=all`;
  /// `ServiceRequest.scope` says which rows it is about, and a foreign organisation is refused.
  case scoped(Capability)
  /// Whoever's role has the capability, at all. Where rows are concerned, the handler asks the
  /// principal for their scope.
  case capable(Capability)
  /// Whoever's role has the capability over everything.
  case everywhere(Capability)
  /// Whoever has an emitter key for records of this kind, in place of a token: a service.
  case emitter(RecordKind)
  /// Whoever has such a key; and whoever is signed in, about records of himself in one of his
  /// organisations, which the request must name where he has several.
  case emitterOrPerson(RecordKind)

  package var capability: Capability? {
    switch self {
    case .open, .emitter: nil
    case .emitterOrPerson: .readOwnRecords
    case .scoped(let capability), .capable(let capability), .everywhere(let capability): capability
    }
  }
}

/// What an endpoint takes beside its parameters.
package enum EndpointBody: Sendable {
  /// Collected, parsed strictly and checked before the handler is called: `ServiceRequest.json`.
  case json(Schema, largestByteCount: Int = 1 << 20)
  /// Anything of these media types, collected: `ServiceRequest.bytes`.
  case bytes(types: [String], largestByteCount: Int)
  /// What emitters send, also compressed, within the bounds of intake: `ServiceRequest.records`. The
  /// schema is for readers; intake has checks of its own.
  case records(types: [String] = ["application/json"], Schema)

  package var types: [String] {
    switch self {
    case .json: ["application/json"]
    case .bytes(let types, _), .records(let types, _): types
    }
  }

  var isOfRecords: Bool { if case .records = self { true } else { false } }
}

/// An answer, with what it looks like.
package struct EndpointAnswer: Sendable {
  package var status: Int
  package var about: String
  /// Media types; none where there is no body.
  package var types: [String]
  /// Of JSON.
  package var schema: Schema?

  package init(
    _ status: Int, _ about: String, types: [String] = ["application/json"], schema: Schema? = nil
  ) {
    self.status = status
    self.about = about
    self.types = types
    self.schema = schema
  }
}
