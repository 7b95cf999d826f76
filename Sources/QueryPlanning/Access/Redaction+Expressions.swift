import ColumnStore
import QueryLanguage

/// What is done with a value: whatever it is, hidden values would show in the answer.
enum HiddenUse {
  case filter, join, sort, group, window, condition, expand, count, argument

  /// "column 'email' is hidden: it cannot be ..."
  var refusal: String {
    switch self {
    case .filter: "filtered by"
    case .join: "compared with other rows"
    case .sort: "sorted by"
    case .group: "grouped by, nor made distinct"
    case .window: "partitioned or ordered by"
    case .condition: "a condition"
    case .expand: "taken apart into rows"
    case .count: "counted after it was changed"
    case .argument: "asked about here"
    }
  }
}

extension Redaction {
  /// The expression, and what its value tells.
  func output(
    _ expression: Expression, _ row: [Secrecy]
  ) throws(QueryError) -> (Expression, Secrecy) {
    switch expression {
    case .literal: return (expression, .open)
    case .column(let index, _):
      // Beyond the row: columns of the query around it, before the sub-query is joined.
      guard row.indices.contains(index) else {
        if isChecking { throw leak([]) }
        return (expression, .open)
      }
      return (expression, row[index])
    case .isNull(.column(let index, _)) where row.indices.contains(index) && row[index].isHidden:
      return (expression, .open)
    case .call(let call) where call.function == .pseudonym:
      return (try pseudonym(call, row), .open)
    case .call(var call) where call.function == .redact:
      let (value, secrecy) = try output(call.arguments[0], row)
      call.arguments[0] = value
      return (.call(call), .of(secrecy.sources))
    case .coalesce(let operands):
      var sources: Set<HiddenColumn> = []
      var values: [Expression] = []
      for operand in operands {
        let (value, secrecy) = try masking(operand, row)
        values.append(value)
        sources.formUnion(secrecy.sources)
      }
      return (.coalesce(values), .of(sources))
    case .caseWhen(let branches, let otherwise):
      return try caseWhen(branches, otherwise, row)
    case .compare, .isDistinct, .and, .or, .not, .isNull, .inList, .call, .cast:
      var sources: Set<HiddenColumn> = []
      var isRaw = false
      let value = try expression.mapOperands { (operand) throws(QueryError) in
        let (value, secrecy) = try output(operand, row)
        sources.formUnion(secrecy.sources)
        isRaw = isRaw || secrecy.isHidden
        return value
      }
      guard !sources.isEmpty else { return (value, .open) }
      if isChecking {
        if isRaw { throw leak(sources) }
        return (value, .masked(sources))
      }
      // Nothing is known of the value but that there is one.
      let first = value.columns.filter { row.indices.contains($0) && !row[$0].sources.isEmpty }
        .min()
      let read = first.flatMap { value.firstColumn($0) } ?? value
      return (read.redacted(as: expression.type), .masked(sources))
    }
  }

  private func caseWhen(
    _ branches: [CaseBranch], _ otherwise: Expression, _ row: [Secrecy]
  ) throws(QueryError) -> (Expression, Secrecy) {
    var sources: Set<HiddenColumn> = []
    var cases: [CaseBranch] = []
    for branch in branches {
      let condition = try deciding(branch.condition, row, .condition)
      let (result, secrecy) = try masking(branch.result, row)
      sources.formUnion(secrecy.sources)
      cases.append(CaseBranch(condition: condition, result: result))
    }
    let (last, secrecy) = try masking(otherwise, row)
    return (.caseWhen(cases, otherwise: last), .of(sources.union(secrecy.sources)))
  }

  /// The expression with a mask where it is nothing but a hidden value.
  func masking(
    _ expression: Expression, _ row: [Secrecy]
  ) throws(QueryError) -> (Expression, Secrecy) {
    let (value, secrecy) = try output(expression, row)
    guard secrecy.isHidden else { return (value, secrecy) }
    if isChecking { throw leak(secrecy.sources) }
    return (value.redacted(as: expression.type), .masked(secrecy.sources))
  }

  /// The expression where its value decides about rows, which a mask would decide wrongly.
  func deciding(
    _ expression: Expression, _ row: [Secrecy], _ use: HiddenUse
  ) throws(QueryError) -> Expression {
    let (value, secrecy) = try output(expression, row)
    guard !secrecy.sources.isEmpty else { return value }
    if isChecking, !secrecy.isHidden { return value }
    throw refusal(of: secrecy.sources, use)
  }

  func deciding(
    _ expressions: [Expression], _ row: [Secrecy], _ use: HiddenUse
  ) throws(QueryError) -> [Expression] {
    try expressions.map { (expression) throws(QueryError) in try deciding(expression, row, use) }
  }

  func deciding(
    _ keys: [SortKey], _ row: [Secrecy], _ use: HiddenUse
  ) throws(QueryError) -> [SortKey] {
    try keys.map { (key) throws(QueryError) in
      var key = key
      key.expression = try deciding(key.expression, row, use)
      return key
    }
  }

  /// `pseudonym(column)` with all that it depends on as arguments: the row's organisation, the domain
  /// of the column, and whose key it is.
  private func pseudonym(
    _ call: FunctionCall, _ row: [Secrecy]
  ) throws(QueryError) -> Expression {
    func misuse(_ hint: String) -> QueryError {
      environment.error(
        .wrongObjectType, "pseudonym takes a column of a table that is labelled 'sealed'",
        at: call.location, hint: hint)
    }
    let place: Int?
    let hidden: HiddenColumn
    guard case .column(let index, _)? = call.arguments.first, row.indices.contains(index) else {
      throw misuse("anything else could be used to check a guess")
    }
    switch row[index] {
    case .open, .masked: throw misuse("anything else could be used to check a guess")
    case .revealed(let column, let organization), .hidden(let column, let organization):
      (hidden, place) = (column, organization)
    }
    if isChecking { return .call(call) }
    guard hidden.column.label == .sealed else {
      throw misuse("texts that people wrote have no pseudonyms")
    }
    guard let pseudonyms = environment.access.pseudonyms else {
      throw environment.error(
        .insufficientPrivilege, "there is no key for pseudonyms", at: call.location,
        hint: "the service has one in its configuration")
    }
    let organization: Expression
    if !hidden.hasOrganization {
      organization = .literal(.text(""), .text)
    } else if let names = environment.access.organizationNames, names.count == 1,
      let only = names.first
    {
      organization = .literal(.text(only), .text)
    } else if let place {
      organization = .coalesce([.column(place, .text), .literal(.text(""), .text)])
    } else {
      throw environment.error(
        .wrongObjectType, "whose pseudonym it is, the organisation of the row decides",
        at: call.location, hint: "select its column beside \(hidden.column.column) in the sub-query"
      )
    }
    var call = call
    // Tells answers by one key from those by another, for caches.
    let key = String(pseudonyms.names(organization: "", domain: "")("").prefix(10))
    call.arguments = [
      call.arguments[0], organization, .literal(.text(hidden.domain), .text),
      .literal(.text(key), .text),
    ]
    return .call(call)
  }

  // MARK: - Refusals

  func refusal(of sources: Set<HiddenColumn>, _ use: HiddenUse) -> QueryError {
    refusal(of: sources, "cannot be \(use.refusal)", use)
  }

  func refusal(
    of sources: Set<HiddenColumn>, _ reason: String, _ use: HiddenUse? = nil
  ) -> QueryError {
    guard let column = sources.min(by: { $0.column < $1.column }) else { return leak(sources) }
    let name = column.column.column
    var error = QueryError(
      .insufficientPrivilege,
      "column '\(name)' of '\(column.column.table)' is hidden: it \(reason)",
      hint: use == nil ? "leave it out, or reveal it" : column.advice(name))
    if let place = environment.notes.place(of: name, use) {
      error.location = tokenRange(at: place, in: environment.text)
    }
    return error
  }

  /// The second look found what the first should have masked.
  func leak(_ sources: Set<HiddenColumn>) -> QueryError {
    let names = sources.map(\.column).sorted().map(\.description).joined(separator: ", ")
    return QueryError(
      .insufficientPrivilege, "the query would show hidden values of \(names)",
      hint: "leave the column out, or reveal it")
  }
}

extension Expression {
  /// `(redacted)` of text and `"(redacted)"` of json where the value is not null; null of other types.
  func redacted(as type: DataType) -> Expression {
    .call(FunctionCall(function: .redact, arguments: [self], type: type, location: 0))
  }

  fileprivate func firstColumn(_ index: Int) -> Expression? {
    if case .column(index, _) = self { return self }
    for operand in operands {
      if let found = operand.firstColumn(index) { return found }
    }
    return nil
  }
}
