internal import AccessControl
internal import Authentication
internal import ColumnStore
internal import HTTPTypes
internal import Jobs
internal import Logging
internal import Platform
internal import ServiceSetup

/// Signing in to the dashboard: a token, or the code of a link, becomes a cookie.
extension Service {
  static let signInEndpoints: [Endpoint] = [
    Endpoint(
      .post, sessionPath, "Sign in to the dashboard",
      about: """
        The token comes back as a cookie that no script reads, until it ends. The code is that of the link which \
        `daybook serve` shows: it works once, for ten minutes. For pages of this origin alone.
        """, tag: "session", access: .open, body: .json(signInSchema, largestByteCount: 16 * 1024),
      answers: [EndpointAnswer(204, "The cookie is set.", types: [])]
    ) { request, service in try await service.signIn(request) }.forOwnPages,
    Endpoint(
      .get, sessionPath, "Say who is signed in", tag: "session", access: .capable(.readOwnRecords),
      answers: [EndpointAnswer(200, "Who, and what he may.", schema: .named("SignedIn", schema))]
    ) { request, service in .json(try await service.sessionJSON(request)) },
    Endpoint(
      .delete, sessionPath, "Sign out of the dashboard",
      about: "The cookie holds no longer; a token that is sent as such does.", tag: "session",
      access: .open, answers: [EndpointAnswer(204, "There is no cookie any more.", types: [])]
    ) { request, service in try await service.signOut(request) }.forOwnPages,
  ]

  static let sessionPath = "/api/session"

  private static let signInSchema: Schema = .either([
    .object([.init("token", .text(1...TokenRules.largestByteCount), "a token")]),
    .object([.init("code", .text(1...128), "the code of the link")]),
  ])

  private static let schema: Schema = .object([
    .init("user_id", .string), .init("role", .choice(Role.allCases.map(\.rawValue))),
    .init("organization_id", .nullable(.string), "the one that he belongs to, if it is one"),
    .init("organizations", .nullable(.array(.string, nil)), "that he may ask about; null: all"),
    .init("capabilities", .array(.choice(Capability.allCases.map(\.name)), nil)),
    .init("expires_at", .string), .init("can_reveal", .boolean),
    .init(
      "reveal",
      .nullable(
        .object([
          .init("id", .string), .init("expires_at", .string), .init("reason", .string),
          .init(
            "scope",
            .object([
              .init("columns", .array(.string, nil)),
              .init("organizations", .nullable(.array(.string, nil)), "null: all"),
            ])),
        ])), "his open reveal that ends last"),
    .init("version", .string), .init("time_zone", .string),
  ])

  // MARK: - Signing in

  private func signIn(_ request: ServiceRequest) async throws -> ServiceResponse {
    let clock = monotonicNanoseconds
    if let wait = signIns.wait(request.address, at: clock) {
      metrics.limited(by: "sign-in")
      var problem = Problem(
        .tooManyRequests, "too_many_requests", "Too many requests",
        "too many sign-ins of this address failed: try again in \(wait) seconds")
      problem.retryAfter = wait
      throw problem
    }
    let (text, way): (String, SignInWay)
    let token: VerifiedToken
    do {
      (text, way) = try shownToken(request)
      token = try keys.verified(text, at: request.time) {
        request.log.info("a sign-in was refused", metadata: ["reason": "\($0)"])
      }
    } catch let problem as Problem {
      signIns.noteFailure(request.address, at: clock)
      throw problem
    }
    guard text.utf8.count <= SessionCookie.largestByteCount else {
      throw Problem.invalid(
        "token", "length", "must have at most \(SessionCookie.largestByteCount) bytes for a cookie")
    }
    try await record(.signedIn(way), by: token.principal, request)
    let milliseconds = max(0, token.expiry.milliseconds - request.time.milliseconds)
    var response = ServiceResponse.noContent
    response.headers[.setCookie] = SessionCookie.header(
      text, forSeconds: milliseconds / 1000, isSecure: request.isSecure)
    return response
  }

  /// The token that was sent, or that of whoever has the code.
  private func shownToken(_ request: ServiceRequest) throws -> (String, SignInWay) {
    if let token = request.json?.members?["token"]?.text { return (token, .token) }
    let code = request.json?.members?["code"]?.text ?? ""
    guard let token = try signInLink?.token(for: code, at: request.time) else {
      throw Problem.unauthorized(
        "code_refused", "this link was used already, is too old, or is not of this service",
        hint:
          "start daybook serve again for a new one, or sign in with a token: daybook token issue")
    }
    return (String(decoding: token.expose(), as: UTF8.self), .link)
  }

  private func signOut(_ request: ServiceRequest) async throws -> ServiceResponse {
    var response = ServiceResponse.noContent
    response.headers[.setCookie] = SessionCookie.endingHeader(isSecure: request.isSecure)
    guard let cookie = try SessionCookie.token(in: request.headers),
      !keys.endedSessions.contains(cookie),
      let token = try? keys.verified(cookie, at: request.time, note: { _ in })
    else { return response }
    // Ended whether or not that can be written down: it is always the safe way.
    keys.endedSessions.end(cookie, expiring: token.expiry, at: request.time)
    try await record(.signedOut, by: token.principal, request)
    return response
  }

  private func record(
    _ act: AdministrativeAct, by principal: Principal, _ request: ServiceRequest
  ) async throws {
    let isPlatform =
      AccessTable.standard.reach(of: principal.role, for: .readAnalytics) == .everything
    try await run { [administration] in
      do throws(AuditLogError) {
        try administration.audit.append(
          act, by: AuditActor(principal),
          of: isPlatform ? .all : .only(principal.organizations), at: request.time,
          requestID: request.id.text)
      } catch {
        throw Problem.notRecorded
      }
    }
  }

  // MARK: - Who is signed in

  private func sessionJSON(_ request: ServiceRequest) async throws -> JSONValue {
    let principal = request.principal
    let table = AccessTable.standard
    let may = Capability.allCases.filter { table.reach(of: principal.role, for: $0) > .nothing }
    let own = principal.organizations.sorted().map { JSONValue.text($0.text) }
    let isPlatform = table.reach(of: principal.role, for: .readAnalytics) == .everything
    let canReveal = may.contains(.reveal)
    let reveal =
      canReveal
      ? try await run { [administration] in
        administration.reveals.grants(of: principal, at: request.time).last
      } : nil
    return .members([
      "user_id": .text(principal.user.text), "role": .text(principal.role.rawValue),
      "organization_id": own.count == 1 ? own[0] : .null,
      "organizations": isPlatform ? .null : .array(own),
      "capabilities": .array(may.map { .text($0.name) }),
      "expires_at": .text(ISOTime.text(request.expiry ?? request.time)),
      "can_reveal": .boolean(canReveal), "reveal": reveal.map(Self.json) ?? .null,
      "version": .text(serviceVersion),
      "time_zone": .text(jobs.zone(of: .all).name),
    ])
  }

  private static func json(_ grant: RevealGrant) -> JSONValue {
    let organizations: JSONValue =
      switch grant.scope.organizations {
      case .all: .null
      case .only(let names): .array(names.sorted().map { .text($0.text) })
      }
    return .members([
      "id": .text(grant.id.description), "expires_at": .text(ISOTime.text(grant.end)),
      "reason": .text(grant.reason.text),
      "scope": .members([
        "columns": .array(grant.scope.columns.sorted().map { .text($0.description) }),
        "organizations": organizations,
      ]),
    ])
  }
}

extension Capability {
  /// As programs read it: `read_own_records`.
  fileprivate var name: String {
    rawValue.reduce(into: "") { name, letter in
      name += letter.isUppercase ? "_\(letter.lowercased())" : "\(letter)"
    }
  }
}

extension Endpoint {
  fileprivate var forOwnPages: Endpoint {
    var endpoint = self
    endpoint.refusesOtherOrigins = true
    return endpoint
  }
}
