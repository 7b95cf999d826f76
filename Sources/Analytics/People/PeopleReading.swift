import ColumnStore
import Engine
public import QueryExecution
public import QueryLanguage

/// All people of a question on their way to somebody who takes the whole list, some thousand at a time.
///
/// One statement works all of them out, in columns: a ranking has no part that can be read by itself.
public struct PeopleReading: Sendable {
  public let columns: [String]
  /// How many people there are.
  public let total: Int64
  /// Of which so many were given.
  public private(set) var rowCount: Int64 = 0
  private var batches: [Batch]
  private var batch = 0
  private var offset = 0

  init(_ result: QueryResult) {
    columns = result.columns.map(\.name)
    total = Int64(result.rowCount)
    batches = result.batches
  }

  /// Memory of the people who were not given, and of at most as many who were.
  public var heldByteCount: Int {
    var pools: Set<ObjectIdentifier> = []
    return batches.reduce(0) { $0 + $1.byteCount(counted: &pools) }
  }

  /// The next people, at least one and at most `limit`; `nil` once all were given.
  public mutating func next(limit: Int) -> Batch? {
    while batch < batches.count, offset >= batches[batch].rowCount {
      batches[batch] = Batch(rowCount: 0, columns: [])
      batch += 1
      offset = 0
    }
    guard batch < batches.count else { return nil }
    let rows = offset..<min(offset + max(limit, 1), batches[batch].rowCount)
    offset = rows.upperBound
    rowCount += Int64(rows.count)
    let page = batches[batch].rows(rows)
    letGo()
    return page
  }

  /// Sorted rows are one batch: once half of it was given, the other half is copied, and the whole let go of.
  private mutating func letGo() {
    let count = batches[batch].rowCount
    guard offset >= Self.leastLetGo, offset >= count / 2 else { return }
    batches[batch] = batches[batch].rows(offset..<count)
    offset = 0
  }

  private static let leastLetGo = 8_192
}

extension MetricEvaluator {
  /// What a page of `people` shows of each of them, of everybody, in the same order.
  public mutating func allPeople(
    by order: PersonOrder, matching search: String? = nil
  ) throws(QueryError) -> PeopleReading {
    var arguments = [String: Value]()
    let names = try names(by: order, search, &arguments)
    let window = question.range.window
    arguments["login_from"] = context.time(window.start, in: .sessions)
    arguments["login_to"] = context.time(window.end, in: .sessions)
    func plain(_ metric: String) -> String { MetricCatalogue.known(metric).plainValue }
    let attributes = Person.attributeNames.map { name in
      "\(context.instant("known.\(name)", named: name, of: .users)) AS \(name)"
    }
    let lastActive = context.instant("people.last_active_at", named: "ts", of: .events)
    return PeopleReading(
      try result(
        """
        SELECT people.user_id AS user_id,
          coalesce(known.organization_id, done.organization_id) AS organization_id,
          \(attributes.joined(separator: ", ")),
          \(lastActive) AS last_active_at, coalesce(done.events, 0) AS events,
          coalesce(came.sessions, 0) AS sessions, coalesce(done.generations, 0) AS generations,
          done.tokens AS tokens, done.cost_usd AS cost_usd
        FROM (
          SELECT user_id, max(last_active_at) AS last_active_at, max(value) AS value
          FROM (\(names)) AS names GROUP BY user_id) AS people
        LEFT JOIN users AS known ON known.user_id = people.user_id
        LEFT JOIN (
          SELECT user_id, max(organization_id) AS organization_id, \(plain("activities")) AS events,
            \(plain("generations")) AS generations, \(plain("total_tokens")) AS tokens,
            \(plain("usage_cost")) AS cost_usd
          FROM events WHERE ts >= :from AND ts < :to AND user_id IS NOT NULL{filters}
          GROUP BY user_id) AS done ON done.user_id = people.user_id
        LEFT JOIN (
          SELECT user_id, count(*) AS sessions FROM sessions
          WHERE login_at >= :login_from AND login_at < :login_to AND user_id IS NOT NULL{filters}
          GROUP BY user_id) AS came ON came.user_id = people.user_id
        ORDER BY \(order.keys("people."))
        """, from: .events, over: nil, arguments))
  }
}

extension PersonOrder {
  /// What people with a name, their last activity and a value are sorted by.
  func keys(_ prefix: String = "") -> String {
    let lastActive = "\(prefix)last_active_at DESC NULLS LAST, \(prefix)user_id"
    return self == .lastActive ? lastActive : "\(prefix)value DESC NULLS LAST, \(lastActive)"
  }
}
