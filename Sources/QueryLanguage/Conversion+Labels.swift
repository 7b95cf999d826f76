import CPgQuery

extension Conversion {
  mutating func label(
    _ statement: PgQuery__SecLabelStmt, range: Range<Int>
  ) throws(QueryError) -> SecurityLabelSyntax {
    _ = keyword("label")
    if !String(grammar: statement.provider).isEmpty {
      throw unsupported(
        "FOR of SECURITY LABEL is", at: keyword("for"),
        hint: "leave it out: labels are Daybook's own")
    }
    _ = keyword("on")
    guard statement.objtype == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN,
      let object = statement.object, object.pointee.node_case == PG_QUERY__NODE__NODE_LIST
    else {
      throw unsupported(
        "SECURITY LABEL of anything but a column is", at: nextLocation,
        hint: "SECURITY LABEL ON COLUMN table.column IS 'sealed'")
    }
    _ = keyword("column")
    let start = nextLocation
    let list = object.pointee.list.pointee
    var names = identifiers(NodeList(list.n_items, list.items))
    if names.count == 3, names[0].name == "public" { names.removeFirst() }
    guard names.count == 2 else {
      throw malformed(
        "a column is named with its table", at: start,
        hint: "SECURITY LABEL ON COLUMN table.column IS 'sealed'")
    }
    _ = keyword("is")
    let location = nextLocation
    // The grammar gives the same for NULL and an empty text.
    let isNull = text.matches(text.index(at: location), "null")
    return SecurityLabelSyntax(
      table: names[0], column: names[1], label: isNull ? nil : String(grammar: statement.label),
      location: location)
  }
}
