extension ExpressionSyntax: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .null: "NULL"
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .integer(let value): "\(value)"
    case .decimal(let written): written
    case .string(let text): "'\(doubling("'", in: text))'"
    case .parameter(let number): "$\(number)"
    case .column(let names): names.map(quoted).joined(separator: ".")
    case .star(let qualifier): qualifier.map { "\(quoted($0)).*" } ?? "*"
    case .unary(let name, let operand): "(\(name) \(operand))"
    case .binary(let name, let left, let right): "(\(left) \(name) \(right))"
    case .and(let operands): "(\(operands.map(\.description).joined(separator: " AND ")))"
    case .or(let operands): "(\(operands.map(\.description).joined(separator: " OR ")))"
    case .not(let operand): "(NOT \(operand))"
    case .function(let call): "\(call)"
    default: predicateDescription ?? constructDescription
    }
  }

  private var predicateDescription: String? {
    switch kind {
    case .isNull(let operand, let negated):
      return "(\(operand) IS \(not(negated))NULL)"
    case .isBoolean(let operand, let value, let negated):
      let name = value.map { $0 ? "TRUE" : "FALSE" } ?? "UNKNOWN"
      return "(\(operand) IS \(not(negated))\(name))"
    case .isDistinct(let left, let right, let negated):
      return "(\(left) IS \(not(negated))DISTINCT FROM \(right))"
    case .between(let operand, let low, let high, let negated, let symmetric):
      let name = "\(not(negated))BETWEEN\(symmetric ? " SYMMETRIC" : "")"
      return "(\(operand) \(name) \(low) AND \(high))"
    case .inList(let operand, let list, let negated):
      return "(\(operand) \(not(negated))IN (\(listed(list))))"
    case .inSubquery(let operand, let query, let negated):
      return "(\(operand) \(not(negated))IN (\(query)))"
    case .quantified(let name, let left, let right, let isAll):
      return "(\(left) \(name) \(isAll ? "ALL" : "ANY") (\(right)))"
    case .quantifiedSubquery(let name, let left, let query, let isAll):
      return "(\(left) \(name) \(isAll ? "ALL" : "ANY") (\(query)))"
    case .exists(let query):
      return "EXISTS (\(query))"
    case .like(let operand, let pattern, let escape, let ignoresCase, let negated):
      let name = "\(not(negated))\(ignoresCase ? "ILIKE" : "LIKE")"
      return "(\(operand) \(name) \(pattern)\(escape.map { " ESCAPE \($0)" } ?? ""))"
    default:
      return nil
    }
  }

  private var constructDescription: String {
    switch kind {
    case .subquery(let query): return "(\(query))"
    case .arraySubquery(let query): return "ARRAY(\(query))"
    case .caseWhen(let operand, let branches, let otherwise):
      let parts =
        ["CASE"] + (operand.map { [$0.description] } ?? [])
        + branches.map { "WHEN \($0.condition) THEN \($0.result)" }
        + (otherwise.map { ["ELSE \($0)"] } ?? []) + ["END"]
      return parts.joined(separator: " ")
    case .coalesce(let arguments): return "COALESCE(\(listed(arguments)))"
    case .nullIf(let left, let right): return "NULLIF(\(left), \(right))"
    case .greatest(let arguments): return "GREATEST(\(listed(arguments)))"
    case .least(let arguments): return "LEAST(\(listed(arguments)))"
    case .cast(let operand, let type): return "CAST(\(operand) AS \(type))"
    case .atTimeZone(let operand, let zone): return "(\(operand) AT TIME ZONE \(zone))"
    case .extract(let field, let operand): return "EXTRACT(\(field) FROM \(operand))"
    case .array(let elements): return "ARRAY[\(listed(elements))]"
    case .subscripted(let operand, let index): return "(\(operand))[\(index)]"
    case .sliced(let operand, let lower, let upper):
      return "(\(operand))[\(lower?.description ?? ""):\(upper?.description ?? "")]"
    default: return "?"
    }
  }
}

private func not(_ negated: Bool) -> String { negated ? "NOT " : "" }

extension FunctionCallSyntax: CustomStringConvertible {
  public var description: String {
    var inside = isStar ? "*" : (isDistinct ? "DISTINCT " : "") + listed(arguments)
    if !orderBy.isEmpty, !isWithinGroup { inside += " ORDER BY \(listed(orderBy))" }
    var text = "\(quoted(name))(\(inside))"
    if isWithinGroup { text += " WITHIN GROUP (ORDER BY \(listed(orderBy)))" }
    if let filter { text += " FILTER (WHERE \(filter))" }
    if let over { text += " OVER \(over)" }
    return text
  }
}

extension WindowSyntax: CustomStringConvertible {
  public var description: String {
    var parts: [String] = []
    if let reference { parts.append(reference.description) }
    if !partitionBy.isEmpty { parts.append("PARTITION BY \(listed(partitionBy))") }
    if !orderBy.isEmpty { parts.append("ORDER BY \(listed(orderBy))") }
    if let frame {
      parts.append(
        "\(frame.unit.rawValue.uppercased()) BETWEEN \(frame.start) AND \(frame.end)")
    }
    return "(\(parts.joined(separator: " ")))"
  }
}

extension WindowSyntax.Bound: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unboundedPreceding: "UNBOUNDED PRECEDING"
    case .preceding(let offset): "\(offset) PRECEDING"
    case .currentRow: "CURRENT ROW"
    case .following(let offset): "\(offset) FOLLOWING"
    case .unboundedFollowing: "UNBOUNDED FOLLOWING"
    }
  }
}
