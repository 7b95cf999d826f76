internal import AccessControl
internal import Analytics
internal import Platform

/// What one may ask of the audit log.
enum AuditParameters {
  static let limit = EndpointParameter.query(
    "limit", .integer(1...AuditQuery.largestLimit), fallback: "\(AuditQuery.defaultLimit)",
    "How many entries at most.")

  static let filters: [EndpointParameter] =
    [
      limit,
      .query(
        "offset", .integer(0...AuditQuery.largestOffset), fallback: "0",
        "How many entries to leave out."),
      .query(
        "action",
        .choice(
          AuditAction.allCases.map(\.rawValue) + AdministrativeAct.Kind.allCases.map(\.rawValue)),
        "Only entries of this action."),
      .query("entity_type", .choice(entityTypes), "Only entries about things of this kind."),
    ] + AnalyticsParameters.wholeRange

  private static let entityTypes =
    AuditEntity.allCases.map(\.rawValue)
    + Set(AdministrativeAct.Kind.allCases.map(\.entityType)).sorted()

  static let people: [EndpointParameter] = [
    .query("user_id", .text(1...128), "Only what this person did."),
    .query("user_email", .text(1...254), "Only what was done under this address; takes a reveal."),
  ]

  static func read(
    _ request: ServiceRequest, of organizations: OrganizationScope, _ service: Service,
    into query: inout AuditQuery
  ) throws(Problem) {
    let arguments = request.arguments
    query.limit = arguments.integer("limit") ?? AuditQuery.defaultLimit
    query.offset = arguments.integer("offset") ?? 0
    query.action = arguments.text("action")
    query.entityType = arguments.text("entity_type")
    (query.from, query.to) = try service.bounds(request, of: organizations)
  }

  static func readPeople(
    _ arguments: RequestArguments, into query: inout AuditQuery
  ) throws(Problem) {
    if let text = arguments.text("user_id") {
      guard let user = UserID(text) else {
        throw .parameter("user_id", "length", "must be \(Identifier.allowed)")
      }
      query.user = user
    }
    query.userEmail = arguments.text("user_email")
  }

  static func entity(_ type: String, _ id: String) throws(Problem) -> EntityReference {
    guard let entity = EntityReference("\(type):\(id)"), entity.kind.text == type else {
      throw .parameter("id", "length", "must be \(Identifier.allowed)")
    }
    return entity
  }

  /// Who may read his organisation's audit log sees all of its things; others, what the token names.
  static func scope(
    of request: ServiceRequest, over entity: EntityReference
  ) throws(Problem) -> RowScope {
    let principal = request.principal
    let requested = try OrganizationParameters.requested(in: request.arguments)
    let read = try OrganizationParameters.requestedToRead(
      in: request.arguments, by: principal, for: .readAuditLog)
    do throws(AccessRefusal) {
      if AccessTable.standard.reach(of: principal.role, for: .readAuditLog) > .nothing {
        return try principal.scope(for: .readAuditLog, in: read)
      }
      // Checks the organisations; the grant then is for everybody's entries about the thing.
      let own = try principal.scope(for: .readOwnRecords, in: requested)
      guard principal.maySeeAudit(of: entity) else {
        throw .notAllowed(.readAuditLog, principal.role)
      }
      return RowScope(organizations: own.organizations, user: nil)
    } catch {
      throw Problem(error)
    }
  }
}
