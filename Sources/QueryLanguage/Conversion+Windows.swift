import CPgQuery

/// The bits of `frameOptions` in PostgreSQL's `parsenodes.h`.
private enum FrameOption {
  static let nonDefault: Int32 = 0x1
  static let rows: Int32 = 0x4
  static let groups: Int32 = 0x8
  static let startUnboundedPreceding: Int32 = 0x20
  static let endUnboundedPreceding: Int32 = 0x40
  static let startUnboundedFollowing: Int32 = 0x80
  static let endUnboundedFollowing: Int32 = 0x100
  static let startCurrentRow: Int32 = 0x200
  static let endCurrentRow: Int32 = 0x400
  static let startPreceding: Int32 = 0x800
  static let endPreceding: Int32 = 0x1000
  static let startFollowing: Int32 = 0x2000
  static let endFollowing: Int32 = 0x4000
  static let exclusion: Int32 = 0x8000 | 0x10000 | 0x20000
}

extension Conversion {
  /// The window of `OVER (...)` and `OVER w`.
  mutating func window(_ definition: PgQuery__WindowDef) throws(QueryError) -> WindowSyntax {
    let location = visit(definition.location)
    var window = try windowBody(definition)
    let name = String(grammar: definition.name)
    if !name.isEmpty { window.reference = Identifier(name, offset: location) }
    return window
  }

  /// An entry of the WINDOW clause.
  mutating func namedWindow(
    _ definition: PgQuery__WindowDef
  ) throws(QueryError) -> (name: Identifier, window: WindowSyntax) {
    let name = identifier(String(grammar: definition.name))
    return (name, try windowBody(definition))
  }

  private mutating func windowBody(
    _ definition: PgQuery__WindowDef
  ) throws(QueryError) -> WindowSyntax {
    var window = WindowSyntax()
    let reference = String(grammar: definition.refname)
    if !reference.isEmpty { window.reference = identifier(reference) }
    window.partitionBy = try expressions(
      NodeList(definition.n_partition_clause, definition.partition_clause))
    window.orderBy = try orderItems(NodeList(definition.n_order_clause, definition.order_clause))
    if definition.frame_options & FrameOption.nonDefault != 0 {
      window.frame = try frame(definition)
    }
    return window
  }

  private mutating func frame(
    _ definition: PgQuery__WindowDef
  ) throws(QueryError) -> WindowSyntax.Frame {
    let options = definition.frame_options
    guard options & FrameOption.exclusion == 0 else {
      throw unsupported(
        "EXCLUDE in a window frame is", at: keyword("exclude", within: 64),
        hint: "subtract what is not wanted: sum(x) OVER (...) - x")
    }
    let unit: WindowSyntax.Unit =
      options & FrameOption.rows != 0 ? .rows : options & FrameOption.groups != 0 ? .groups : .range
    let start: WindowSyntax.Bound
    if options & FrameOption.startUnboundedPreceding != 0 {
      start = .unboundedPreceding
    } else if options & FrameOption.startCurrentRow != 0 {
      start = .currentRow
    } else if options & FrameOption.startPreceding != 0, let offset = definition.start_offset {
      start = .preceding(try expression(offset))
    } else if options & FrameOption.startFollowing != 0, let offset = definition.start_offset {
      start = .following(try expression(offset))
    } else {
      start = .unboundedFollowing
    }
    let end: WindowSyntax.Bound
    if options & FrameOption.endUnboundedFollowing != 0 {
      end = .unboundedFollowing
    } else if options & FrameOption.endCurrentRow != 0 {
      end = .currentRow
    } else if options & FrameOption.endPreceding != 0, let offset = definition.end_offset {
      end = .preceding(try expression(offset))
    } else if options & FrameOption.endFollowing != 0, let offset = definition.end_offset {
      end = .following(try expression(offset))
    } else {
      end = .unboundedPreceding
    }
    return WindowSyntax.Frame(unit: unit, start: start, end: end)
  }
}
