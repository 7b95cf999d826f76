internal import AccessControl
internal import Analytics
internal import QueryLanguage
internal import QueryPlanning

extension Service {
  typealias Ground = AnalyticsRun.Ground

  /// What an answer has beside a list's own columns: members of each row, in the order of the rows, and of the
  /// answer itself.
  struct ListAddition: Sendable {
    var toRows: [[JSONValue.Member]] = []
    var toAnswer: [JSONValue.Member] = []
  }

  /// A page of a list, under a name; the newest first, or those with the most of a column.
  func page(
    of list: RowList, named name: String, by column: String? = nil, _ request: ServiceRequest,
    _ options: AnalyticsRun.Options = AnalyticsRun.Options(showsRows: true),
    adding more:
      @escaping @Sendable (inout Ground, RowPage) throws(QueryError) -> ListAddition = {
        _, _ throws(QueryError) in ListAddition()
      }
  ) async throws -> ServiceResponse {
    let page = ListJSON.Page(request.arguments)
    var options = options
    options.applied += list.applied
    let isOfPerson = options.person != nil
    let answer = try await answer(request, options) { ground throws(QueryError) -> JSONValue? in
      if isOfPerson, try ground.evaluator.person() == nil { return nil }
      let found = try ground.evaluator.page(
        of: list, by: column, limit: page.limit, offset: page.offset)
      let addition = try more(&ground, found)
      let rows = found.rows.enumerated().map { index, row in
        JSONValue.object(
          ListJSON.row(row, of: list)
            + (addition.toRows.indices.contains(index) ? addition.toRows[index] : []))
      }
      return ListJSON.page(
        name, rows, total: found.total, page, ground, with: addition.toAnswer)
    }
    guard let answer else { throw Problem.noPerson }
    return .json(answer)
  }

  /// What the caller sees by a capability, in the organisations that the request is about.
  func access(
    of request: ServiceRequest, for capability: Capability
  ) throws(Problem) -> QueryAccess {
    let requested =
      request.endpoint.onlyReads
      ? try OrganizationParameters.requestedToRead(
        in: request.arguments, by: request.principal, for: capability)
      : try OrganizationParameters.requested(in: request.arguments)
    do throws(AccessRefusal) {
      return try QueryAccess(request.principal, in: requested, for: capability)
    } catch {
      throw Problem(error)
    }
  }
}
