extension Store {
  public func createDomain(_ name: String) throws(StoreError) {
    try change { (catalog, _) throws(StoreError) in
      try catalog.createDomain(name)
      return [.createdDomain(name)]
    }
  }

  public func createTable(_ schema: TableSchema) throws(StoreError) {
    try change { (catalog, _) throws(StoreError) in
      try catalog.createTable(schema)
      return [.createdTable(schema)]
    }
  }

  /// A dictionary goes with the last table that uses its domain, unless the domain is declared. Views
  /// of the table stay, for a table that takes its place; `drop` minds them.
  public func dropTable(_ name: String) throws(StoreError) {
    try change { (catalog, writers) throws(StoreError) in
      guard catalog.tables[name] != nil else { throw StoreError.unknownTable(name) }
      try catalog.requireNotAppendOnly([name])
      writers[name] = nil
      catalog.remove([name])
      return [.dropped([name])]
    }
  }

  /// Removes all rows of some tables, of all or none.
  public func truncateTables(_ names: [String]) throws(StoreError) {
    try change { (catalog, writers) throws(StoreError) in
      try catalog.requireNotAppendOnly(names)
      for name in names {
        try catalog.truncateTable(name)
        writers[name] = nil
      }
      return names.map { .truncatedTable($0) }
    }
  }

  public func truncateTable(_ name: String) throws(StoreError) { try truncateTables([name]) }

  /// Fails where the name is taken; by a view only unless `replacing`. What it uses must be there.
  public func createView(_ view: View, replacing: Bool) throws(StoreError) {
    try change { (catalog, _) throws(StoreError) in
      guard catalog.tables[view.name] == nil, replacing || catalog.views[view.name] == nil else {
        throw StoreError.tableExists(view.name)
      }
      for name in view.uses.sorted()
      where catalog.tables[name] == nil && catalog.views[name] == nil {
        throw StoreError.unknownTable(name)
      }
      catalog.views[view.name] = view
      return [.createdView(view)]
    }
  }

  /// Removes tables and views, all or none: not while a view that stays needs one of them. Names that
  /// are not there are passed over.
  public func drop(_ names: Set<String>) throws(StoreError) {
    try change { (catalog, writers) throws(StoreError) in
      if let view = catalog.viewsUsing(names).first {
        throw StoreError.usedByView(view)
      }
      try catalog.requireNotAppendOnly(names.sorted())
      for name in names { writers[name] = nil }
      catalog.remove(names)
      return [.dropped(names)]
    }
  }
}

extension Catalog {
  func requireNotAppendOnly(_ names: [String]) throws(StoreError) {
    for name in names where tables[name]?.schema.isAppendOnly == true {
      throw .appendOnly(table: name)
    }
  }

  mutating func createDomain(_ name: String) throws(StoreError) {
    guard declaredDomains.insert(name).inserted else { throw .domainExists(name) }
    if dictionaries[name] == nil { dictionaries[name] = TextDictionary(domain: name) }
  }

  mutating func createTable(_ schema: TableSchema) throws(StoreError) {
    try schema.validate()
    guard tables[schema.name] == nil, views[schema.name] == nil else {
      throw .tableExists(schema.name)
    }
    for column in schema.columns where column.type.physical == .text {
      if dictionaries[column.domain] == nil {
        dictionaries[column.domain] = TextDictionary(domain: column.domain)
      }
    }
    tables[schema.name] = Table(schema: schema, partitions: [])
  }

  mutating func truncateTable(_ name: String) throws(StoreError) {
    guard tables[name] != nil else { throw .unknownTable(name) }
    tables[name]?.partitions = []
  }

  /// Tables and views, and the dictionaries that nobody uses then.
  mutating func remove(_ names: Set<String>) {
    for name in names {
      tables[name] = nil
      views[name] = nil
    }
    dropUnusedDictionaries()
  }

  mutating func dropUnusedDictionaries() {
    var used = declaredDomains
    for table in tables.values {
      for column in table.schema.columns where column.type.physical == .text {
        used.insert(column.domain)
      }
    }
    dictionaries = dictionaries.filter { used.contains($0.key) }
  }
}
