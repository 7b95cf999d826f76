/// A query with a name, which reads as a table does.
///
/// It is kept as text and bound anew by each query that names it, so that it sees the tables as they
/// are then; its columns are those that it had when it was made.
public struct View: Sendable, Hashable {
  public struct Column: Sendable, Hashable {
    public var name: String
    public var type: DataType
    /// What the query itself calls the column: `*` may find more of them later, in another order.
    public var source: String

    public init(name: String, type: DataType, source: String) {
      self.name = name
      self.type = type
      self.source = source
    }
  }

  public var name: String
  /// The SQL of the query.
  public var definition: String
  public var columns: [Column]
  /// Tables and views that the query names itself.
  public var uses: Set<String>

  public init(name: String, definition: String, columns: [Column], uses: Set<String>) {
    self.name = name
    self.definition = definition
    self.columns = columns
    self.uses = uses
  }
}

extension Catalog {
  /// Whether a table or view has this name.
  public func hasRelation(_ name: String) -> Bool { tables[name] != nil || views[name] != nil }

  /// Of tables and views; sorted.
  public var relationNames: [String] { (Array(tables.keys) + views.keys).sorted() }

  /// Views that need one of these tables and views, themselves or by way of other views; sorted.
  /// Roll-ups are among them.
  public func viewsUsing(_ names: Set<String>) -> [String] {
    var gone = names
    while true {
      let next =
        views.values.filter { !gone.contains($0.name) && !$0.uses.isDisjoint(with: gone) }
        .map(\.name) + rollUps(of: gone).map(\.name).filter { !gone.contains($0) }
      if next.isEmpty { return gone.subtracting(names).sorted() }
      gone.formUnion(next)
    }
  }

  /// The tables that keep roll-ups of some tables; sorted.
  public func rollUps(of sources: Set<String>) -> [TableSchema] {
    tables.values.map(\.schema).filter { schema in
      schema.rollUp.map { sources.contains($0.source) } ?? false
    }.sorted { $0.name < $1.name }
  }
}
