/// A statement as SQL again, in one normal form: keywords in capitals, every operator in brackets.
///
/// For tests, plans and error messages. What is read differently is also written differently.
extension Statement: CustomStringConvertible {
  public var description: String {
    switch kind {
    case .select(let query): "\(query)"
    case .explain(let statement, let analyze):
      "EXPLAIN \(analyze ? "ANALYZE " : "")\(statement)"
    case .createTable(let table): "\(table)"
    case .createDomain(let name, let type): "CREATE DOMAIN \(name) AS \(type)"
    case .createView(let view): "\(view)"
    case .createMaterializedView(let view): "\(view)"
    case .alterTable(let change): "\(change)"
    case .label(let label): "\(label)"
    case .dropTable(let names, let ifExists, let cascades):
      "DROP TABLE \(ifExists ? "IF EXISTS " : "")\(listed(names))\(cascades ? " CASCADE" : "")"
    case .dropView(let names, let ifExists, let cascades):
      "DROP VIEW \(ifExists ? "IF EXISTS " : "")\(listed(names))\(cascades ? " CASCADE" : "")"
    case .dropMaterializedView(let names, let ifExists, let cascades):
      "DROP MATERIALIZED VIEW \(ifExists ? "IF EXISTS " : "")\(listed(names))"
        + (cascades ? " CASCADE" : "")
    case .insert(let insert): "\(insert)"
    case .update(let update): "\(update)"
    case .delete(let delete): "\(delete)"
    case .truncate(let names): "TRUNCATE TABLE \(listed(names))"
    case .checkpoint: "CHECKPOINT"
    case .copy(let copy): "\(copy)"
    case .prepare(let name, let types, let statement):
      "PREPARE \(name)\(types.isEmpty ? "" : " (\(listed(types)))") AS \(statement)"
    case .execute(let name, let values):
      "EXECUTE \(name)\(values.isEmpty ? "" : " (\(listed(values)))")"
    case .deallocate(let name): "DEALLOCATE \(name.map { "\($0)" } ?? "ALL")"
    case .show(let name): "SHOW \(name)"
    case .set(let name, let values):
      "SET \(name) = \(values.isEmpty ? "DEFAULT" : listed(values))"
    case .describe(let table): "DESCRIBE \(table)"
    }
  }
}

extension Identifier: CustomStringConvertible {
  public var description: String { quoted(name) }
}

extension SelectSyntax: CustomStringConvertible {
  public var description: String {
    var parts: [String] = []
    if !with.isEmpty { parts.append("WITH \(isRecursive ? "RECURSIVE " : "")\(listed(with))") }
    parts.append("\(body)")
    if !orderBy.isEmpty { parts.append("ORDER BY \(listed(orderBy))") }
    if let limit { parts.append("LIMIT \(limit)") }
    if let offset { parts.append("OFFSET \(offset)") }
    return parts.joined(separator: " ")
  }
}

extension CommonTableExpressionSyntax: CustomStringConvertible {
  public var description: String {
    "\(name)\(columnNames.isEmpty ? "" : " (\(listed(columnNames)))") AS (\(query))"
  }
}

extension SelectBody: CustomStringConvertible {
  public var description: String {
    switch self {
    case .select(let core): "\(core)"
    case .values(let rows): "VALUES " + rows.map { "(\(listed($0)))" }.joined(separator: ", ")
    case .setOperation(let operation, let all, let left, let right):
      "(\(left)) \(operation.rawValue.uppercased()) \(all ? "ALL " : "")(\(right))"
    }
  }
}

extension SelectCore: CustomStringConvertible {
  public var description: String {
    var parts = ["SELECT"]
    switch distinct {
    case .no: break
    case .all: parts.append("DISTINCT")
    case .on(let keys): parts.append("DISTINCT ON (\(listed(keys)))")
    }
    parts.append(listed(items))
    if !from.isEmpty { parts.append("FROM \(listed(from))") }
    if let filter { parts.append("WHERE \(filter)") }
    if let groupingSets {
      let sets = groupingSets.map { set in "(\(listed(set.map { groupBy[$0] })))" }
      parts.append("GROUP BY GROUPING SETS (\(sets.joined(separator: ", ")))")
    } else if !groupBy.isEmpty {
      parts.append("GROUP BY \(listed(groupBy))")
    }
    if let having { parts.append("HAVING \(having)") }
    if !windows.isEmpty {
      let windows = windows.map { "\($0.name) AS \($0.window)" }
      parts.append("WINDOW \(windows.joined(separator: ", "))")
    }
    return parts.joined(separator: " ")
  }
}

extension SelectItem: CustomStringConvertible {
  public var description: String { alias.map { "\(expression) AS \($0)" } ?? "\(expression)" }
}

extension OrderItemSyntax: CustomStringConvertible {
  public var description: String {
    let nulls = nullsFirst.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? ""
    return "\(expression)\(isDescending ? " DESC" : "")\(nulls)"
  }
}

extension TableReference: CustomStringConvertible {
  public var description: String {
    switch self {
    case .table(let schema, let name, let alias):
      "\(schema.map { "\($0)." } ?? "")\(name)\(aliased(alias))"
    case .subquery(let query, let alias, let isLateral):
      "\(isLateral ? "LATERAL " : "")(\(query))\(aliased(alias))"
    case .function(let call, let alias, let hasOrdinality):
      "\(call)\(hasOrdinality ? " WITH ORDINALITY" : "")\(aliased(alias))"
    case .join(let join): "\(join)"
    }
  }

  private func aliased(_ alias: TableAlias?) -> String {
    guard let alias else { return "" }
    return " AS \(alias.name)"
      + (alias.columnNames.isEmpty ? "" : " (\(listed(alias.columnNames)))")
  }
}

extension JoinSyntax: CustomStringConvertible {
  public var description: String {
    let (prefix, suffix): (String, String) =
      switch condition {
      case .none: ("", "")
      case .on(let condition): ("", " ON \(condition)")
      case .using(let names): ("", " USING (\(listed(names)))")
      case .natural: ("NATURAL ", "")
      }
    return "(\(left) \(prefix)\(kind.rawValue.uppercased()) JOIN \(right)\(suffix))"
  }
}

extension ColumnSyntax: CustomStringConvertible {
  public var description: String {
    "\(name) \(type)" + (compression.map { " COMPRESSION \($0)" } ?? "")
      + (isNotNull ? " NOT NULL" : "")
  }
}

extension CreateTableSyntax: CustomStringConvertible {
  public var description: String {
    let partition = partitioning.map {
      "PARTITION BY \($0.strategy.name.uppercased()) (\(listed($0.columns)))"
    }
    if let source {
      let names = source.columnNames.isEmpty ? "" : " (\(listed(source.columnNames)))"
      return "CREATE TABLE \(ifNotExists ? "IF NOT EXISTS " : "")\(name)\(names) "
        + (partition.map { $0 + " " } ?? "")
        + (options.isEmpty ? "" : "WITH (\(optionList(options))) ") + "AS \(source.query)"
        + (source.isWithoutRows ? " WITH NO DATA" : "")
    }
    var elements = columns.map { "\($0)" }
    if !primaryKey.isEmpty { elements.append("PRIMARY KEY (\(listed(primaryKey)))") }
    var parts = [
      "CREATE TABLE \(ifNotExists ? "IF NOT EXISTS " : "")\(name) "
        + "(\(elements.joined(separator: ", ")))"
    ]
    if let partition { parts.append(partition) }
    if !options.isEmpty { parts.append("WITH (\(optionList(options)))") }
    return parts.joined(separator: " ")
  }
}

extension CreateViewSyntax: CustomStringConvertible {
  public var description: String {
    let columns = columnNames.isEmpty ? "" : " (\(listed(columnNames)))"
    return "CREATE \(replaces ? "OR REPLACE " : "")VIEW \(name)\(columns) AS \(query)"
  }
}

extension TypeNameSyntax: CustomStringConvertible {
  public var description: String {
    quoted(name) + (modifiers.isEmpty ? "" : "(\(listed(modifiers)))") + (isArray ? "[]" : "")
  }
}

/// A name as it has to be written.
func quoted(_ name: String) -> String {
  let isPlain =
    !name.isEmpty && !reservedWords.contains(name)
    && name.utf8.allSatisfy { byte in
      byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || byte == Ascii.underscore
        || byte >= Ascii.zero && byte <= Ascii.nine || byte >= 0x80
    } && !(Ascii.zero...Ascii.nine).contains(name.utf8.first ?? 0)
  return isPlain ? name : "\"\(doubling("\"", in: name))\""
}

func doubling(_ character: Character, in text: String) -> String {
  String(text.flatMap { $0 == character ? [$0, $0] : [$0] })
}

func listed(_ parts: some Sequence<some CustomStringConvertible>) -> String {
  parts.map(\.description).joined(separator: ", ")
}
