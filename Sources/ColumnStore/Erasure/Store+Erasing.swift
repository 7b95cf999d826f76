extension Store {
  /// Erases somebody from tables that are not kept anywhere: `Database.erase` is for those that are.
  /// `nil` where nothing names this person.
  public func erase(_ erasure: Erasure) throws(ErasureError) -> ErasureEffect? {
    precondition(log == nil, "what is kept has to be erased where it is kept, too")
    try erasure.validate(against: catalog())
    do throws(StoreError) {
      return try rewrite { (catalog) throws(StoreError) in
        let erased = try catalog.erasing(erasure)
        return erased.effect.isEmpty ? nil : (erased.catalog, erased.effect)
      }
    } catch {
      throw ErasureError(error)
    }
  }

  /// Puts what `body` makes of the newest catalog in its place, as the one writer: nothing that was
  /// remembered of it is used again. The new one has a greater version, and is kept when `body` returns.
  package func rewrite<Result>(
    _ body: (Catalog) throws(StoreError) -> (catalog: Catalog, result: Result)?
  ) throws(StoreError) -> Result? {
    try changeHead { () throws(StoreError) in
      try begin()
      guard let (catalog, result) = try body(writer.head) else { return nil }
      precondition(catalog.version > writer.head.version, "what is published rises")
      writer.head = catalog
      writer.tables = [:]
      publish(catalog)
      return result
    }
  }
}
