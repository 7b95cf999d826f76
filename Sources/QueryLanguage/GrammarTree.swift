import CPgQuery

/// A node of the tree that libpg_query gives, valid while that tree lives.
typealias GrammarNode = UnsafeMutablePointer<PgQuery__Node>

/// A repeated field of the tree: `NodeList(select.n_from_clause, select.from_clause)`.
struct NodeList {
  private let nodes: UnsafeMutablePointer<GrammarNode?>?
  let count: Int

  init(_ count: Int, _ nodes: UnsafeMutablePointer<GrammarNode?>?) {
    self.nodes = nodes
    self.count = nodes == nil ? 0 : count
  }

  var isEmpty: Bool { count == 0 }

  /// The nodes that are there, in order.
  var present: [GrammarNode] {
    guard let nodes else { return [] }
    return UnsafeBufferPointer(start: nodes, count: count).compactMap(\.self)
  }

  /// The texts of a list of names.
  var strings: [String] {
    present.compactMap { node in
      node.pointee.node_case == PG_QUERY__NODE__NODE_STRING
        ? String(grammar: node.pointee.string.pointee.sval) : nil
    }
  }
}

extension String {
  /// A text field of the tree; fields that were not set are empty.
  init(grammar text: UnsafeMutablePointer<CChar>?) {
    self = text.map { String(cString: $0) } ?? ""
  }
}
