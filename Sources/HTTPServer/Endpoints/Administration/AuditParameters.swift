internal import AccessControl
internal import Platform

/// What one may ask of the audit log.
enum AuditParameters {
  static let limit = EndpointParameter.query(
    "limit", .integer(1...AuditQuery.largestLimit), fallback: "\(AuditQuery.defaultLimit)",
    "How many entries at most.")

  static let filters: [EndpointParameter] = [
    limit,
    .query(
      "offset", .integer(0...AuditQuery.largestOffset), fallback: "0",
      "How many entries to leave out."),
    .query(
      "action",
      .choice(
        AuditAction.allCases.map(\.rawValue) + AdministrativeAct.Kind.allCases.map(\.rawValue)),
      "Only entries of this action."),
    .query("entity_type", .text(1...64), "Only entries about things of this kind."),
    .query(
      "start_date", .text(1...40), "From this day on, or this time, in UTC: `2024-01-31`."),
    .query("end_date", .text(1...40), "Up to this day, which is included, or before this time."),
  ]

  static let people: [EndpointParameter] = [
    .query("user_id", .text(1...128), "Only what this person did."),
    .query("user_email", .text(1...254), "Only what was done under this address; takes a reveal."),
  ]

  static func read(_ arguments: RequestArguments, into query: inout AuditQuery) throws(Problem) {
    query.limit = arguments.integer("limit") ?? AuditQuery.defaultLimit
    query.offset = arguments.integer("offset") ?? 0
    query.action = arguments.text("action")
    query.entityType = arguments.text("entity_type")
    query.from = try moment("start_date", arguments, isEnd: false)
    query.to = try moment("end_date", arguments, isEnd: true)
    if let from = query.from, let to = query.to, to <= from {
      throw .invalid("end_date", "range", "must not be before start_date")
    }
  }

  static func readPeople(
    _ arguments: RequestArguments, into query: inout AuditQuery
  ) throws(Problem) {
    if let text = arguments.text("user_id") {
      guard let user = UserID(text) else {
        throw .invalid("user_id", "length", "must be \(Identifier.allowed)")
      }
      query.user = user
    }
    query.userEmail = arguments.text("user_email")
  }

  /// A day alone, as an end, is included.
  static func moment(
    _ name: String, _ arguments: RequestArguments, isEnd: Bool
  ) throws(Problem) -> UnixTime? {
    guard let text = arguments.text(name) else { return nil }
    guard let moment = Moment.parse(text, isEnd: isEnd) else {
      throw .invalid(name, "type", "must be \(Moment.allowed)")
    }
    return moment
  }

  static func entity(_ type: String, _ id: String) throws(Problem) -> EntityReference {
    guard let entity = EntityReference("\(type):\(id)"), entity.kind.text == type else {
      throw .invalid("id", "length", "must be \(Identifier.allowed)")
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
