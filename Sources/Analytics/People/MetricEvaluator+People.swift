internal import AccessControl
internal import ColumnStore
internal import Engine
public import QueryLanguage

/// People: those of `users`, and those whom events name.
extension MetricEvaluator {
  /// `search` is a part of the name.
  public mutating func people(
    by order: PersonOrder, matching search: String? = nil, limit: Int, offset: Int
  ) throws(QueryError) -> PeoplePage {
    var arguments = [String: Value]()
    let names = try names(by: order, search, &arguments)
    let found = try rows(
      """
      SELECT user_id, max(last_active_at) AS last_active_at, max(value) AS value,
        count(*) OVER () AS people
      FROM (\(names)) AS people
      GROUP BY user_id ORDER BY \(order.keys()) LIMIT :limit OFFSET :offset
      """,
      from: .events,
      arguments.merging(["limit": .integer(Int64(limit)), "offset": .integer(Int64(offset))]) {
        first, _ in first
      })
    var people: [Person] = []
    var total: Int64 = 0
    for row in found where row.count == 4 {
      guard let name = row[0].name else { continue }
      var person = Person(id: name)
      person.lastActiveAt = row[1].time
      people.append(person)
      total = row[3].count
    }
    // Past the end there is no row to say how many there are.
    if found.isEmpty, offset > 0 {
      total =
        try rows(
          "SELECT count(DISTINCT user_id) AS people FROM (\(names)) AS people",
          from: .events, arguments
        ).first?.first?.count ?? 0
    }
    try describe(&people)
    return PeoplePage(people: people, total: total)
  }

  /// The one person that the question is about; `nil`: nobody whom the caller sees has this name.
  public mutating func person() throws(QueryError) -> Person? {
    guard let id = question.filters.users.first, question.filters.users.count == 1 else {
      preconditionFailure("the question is not about one person")
    }
    var arguments = [String: Value]()
    let names = try names(by: .lastActive, nil, &arguments)
    let found = try rows(
      "SELECT count(*) AS count, max(last_active_at) AS last_active_at FROM (\(names)) AS people",
      from: .events, arguments)
    guard let row = found.first, row.count == 2, row[0].count > 0 else { return nil }
    var people = [Person(id: id)]
    people[0].lastActiveAt = row[1].time
    try describe(&people)
    return people.first
  }

  /// SQL of the names, with when each was last active and what is ordered by.
  func names(
    by order: PersonOrder, _ search: String?, _ arguments: inout [String: Value]
  ) throws(QueryError) -> String {
    let known: FilterConditions
    do throws(InapplicableFilter) {
      known = try context.filters.conditions(for: .users)
    } catch {
      throw QueryError(
        .invalidParameter, "the filter \(error.name) does not apply to users")
    }
    arguments.merge(known.arguments) { first, _ in first }
    var condition = "user_id IS NOT NULL"
    if let search {
      condition += " AND strpos(lower(user_id), lower(:search)) > 0"
      arguments["search"] = .text(search)
    }
    let type = (context.tables[.events]?["ts"] ?? .timestamp).sqlName
    var parts = [
      """
      SELECT user_id, max(ts) FILTER (WHERE \(EventRules.isActivity)) AS last_active_at,
        NULL::double precision AS value
      FROM events WHERE ts < :to AND \(condition){filters} GROUP BY user_id
      """,
      """
      SELECT user_id, NULL::\(type), NULL::double precision
      FROM users WHERE \(condition)\(known.sql)
      """,
    ]
    if let metric = order.metric {
      parts.append(
        """
        SELECT user_id, NULL::\(type), \(MetricCatalogue.known(metric).plainValue)
        FROM events WHERE ts >= :from AND ts < :to AND \(condition){filters} GROUP BY user_id
        """)
    }
    return parts.joined(separator: "\nUNION ALL\n")
  }

  /// What is known of people, and what they did over the range.
  private mutating func describe(_ people: inout [Person]) throws(QueryError) {
    guard !people.isEmpty else { return }
    let places = Dictionary(
      people.enumerated().map { (ExactText($1.id), $0) }, uniquingKeysWith: { first, _ in first })
    let (names, arguments) = Self.list(people.map(\.id))
    func place(_ row: [Value]) -> Int? { row.first?.name.flatMap { places[ExactText($0)] } }
    let attributes = Person.attributeNames
    let known = try rows(
      """
      SELECT user_id, organization_id, \(attributes.joined(separator: ", "))
      FROM users WHERE user_id IN \(names)
      """, from: .users, arguments)
    for row in known where row.count == attributes.count + 2 {
      guard let place = place(row) else { continue }
      people[place].organization = row[1].name
      people[place].attributes = Dictionary(
        zip(attributes, row.dropFirst(2)), uniquingKeysWith: { first, _ in first })
    }
    let metrics = ["activities", "generations", "total_tokens", "usage_cost"].map {
      MetricCatalogue.known($0).plainValue
    }
    let done = try rows(
      """
      SELECT user_id, max(organization_id) AS organization_id, \(metrics.joined(separator: ", "))
      FROM events WHERE ts >= :from AND ts < :to AND user_id IN \(names){filters} GROUP BY user_id
      """, from: .events, arguments)
    for row in done where row.count == 6 {
      guard let place = place(row) else { continue }
      people[place].organization = people[place].organization ?? row[1].name
      people[place].activities = row[2].count
      people[place].generations = row[3].count
      if case .integer(let tokens) = row[4] { people[place].tokens = tokens }
      people[place].cost = row[5].number
    }
    let sessions = try rows(
      """
      SELECT user_id, count(*) AS sessions FROM sessions
      WHERE login_at >= :from AND login_at < :to AND user_id IN \(names){filters} GROUP BY user_id
      """, from: .sessions, arguments)
    for row in sessions where row.count == 2 {
      if let place = place(row) { people[place].sessions = row[1].count }
    }
  }
}

extension MetricDefinition {
  /// Its value as SQL over rows of its source, to be grouped by anything; of metrics that are about all rows
  /// of a range.
  var plainValue: String {
    switch formula {
    case .aggregate(_, where: nil, let value, _, _): value
    case .byType(let value, _, _): TypeCounts.plain(value)
    case .quotient(let upper, let lower):
      "(\(MetricCatalogue.known(upper).plainValue))::double precision"
        + " / nullif(\(MetricCatalogue.known(lower).plainValue), 0)"
    case .aggregate, .statement, .growth, .sum, .storageCost:
      preconditionFailure("\(id) is not about all rows")
    }
  }
}
