/// Tables without what they held of a person.
package struct ErasedCatalog: Sendable {
  package var catalog: Catalog
  package var effect: ErasureEffect
  /// Segments with the same rows and codes as before, by those that they stand for.
  package var exchangedSegments: [ObjectIdentifier: Segment] = [:]
  /// Dictionaries with the same codes as before, by those that they stand for.
  package var exchangedDictionaries: [ObjectIdentifier: TextDictionary] = [:]
  /// For what an exchanged segment stands.
  private var origins: [ObjectIdentifier: ObjectIdentifier] = [:]

  fileprivate init(_ catalog: Catalog) {
    self.catalog = catalog
    effect = ErasureEffect()
  }
}

/// What erasing somebody changes, in numbers.
public struct ErasureEffect: Sendable, Equatable {
  public struct TableEffect: Sendable, Equatable {
    public var table: String
    /// Rows that went.
    public var rowCount = 0
    /// Rows that had been deleted or replaced before, and were still in memory and files.
    public var formerRowCount = 0
    /// Rows that stayed, with `Erasure.replacement` in them.
    public var replacedRowCount = 0
    /// Partitions that were written anew.
    public var partitionCount = 0

    public init(table: String) { self.table = table }

    public var isEmpty: Bool {
      rowCount == 0 && formerRowCount == 0 && replacedRowCount == 0 && partitionCount == 0
    }
  }

  /// Of those tables that changed, by name.
  public var tables: [TableEffect] = []
  /// Texts that no row has any more.
  public var textCount = 0

  public init() {}

  public var isEmpty: Bool { tables.isEmpty && textCount == 0 }
}

extension Catalog {
  /// All tables without what they hold of a person: rows, their earlier versions, and every text that no
  /// row has then, in the domains of the tables concerned. Nothing that others look at is changed.
  ///
  /// `version` is raised where there was anything. The columns were validated.
  package func erasing(_ erasure: Erasure) throws(StoreError) -> ErasedCatalog {
    var result = ErasedCatalog(self)
    let value = SoughtValue(erasure.identity)
    let columns = Dictionary(grouping: erasure.columns, by: \.table)
    var domains: Set<String> = []
    var named: Set<String> = []
    for name in columns.keys.sorted() {
      guard let table = tables[name], let columns = columns[name] else { continue }
      for column in table.schema.columns where column.type.stored == .text {
        domains.insert(column.domain)
        if columns.contains(where: { $0.column == column.name }) { named.insert(column.domain) }
      }
      var effect = ErasureEffect.TableEffect(table: name)
      let partitions = try erasing(value, columns, from: table, &effect)
      guard !effect.isEmpty else { continue }
      result.catalog.tables[name]?.partitions = partitions
      result.effect.tables.append(effect)
    }
    // Somebody whose rows are gone already may have left texts behind.
    if !result.effect.isEmpty || named.contains(where: { result.hasLeft(value, in: $0) }) {
      for domain in domains.sorted() { result.eraseUnusedTexts(of: domain) }
    }
    if !result.effect.isEmpty { result.catalog.version = version + 1 }
    return result
  }

  private func erasing(
    _ value: SoughtValue, _ columns: [Erasure.Column], from table: Table,
    _ effect: inout ErasureEffect.TableEffect
  ) throws(StoreError) -> [Partition] {
    let schema = table.schema
    func indices(_ action: Erasure.Column.Action) -> [Int] {
      columns.filter { $0.action == action }.compactMap { schema.columnIndex($0.column) }
    }
    let (deleted, replaced) = (indices(.deleteRows), indices(.replaceValue))
    let dictionaries = schema.columns.map {
      $0.type.stored == .text ? self.dictionaries[$0.domain] : nil
    }
    var partitions = table.partitions
    do throws(DamagedChunk) {
      for index in partitions.indices {
        var segments: [Segment] = []
        var isChanged = false
        for segment in partitions[index].segments {
          let rows = try segment.rows(of: value, deleting: deleted, replacing: replaced)
          guard !rows.isEmpty else {
            segments.append(segment)
            continue
          }
          isChanged = true
          effect.add(rows, of: segment)
          if let smaller = try segment.erasing(rows, dictionaries: dictionaries) {
            segments.append(smaller)
          }
        }
        guard isChanged else { continue }
        partitions[index].segments = segments
        partitions[index].version += 1
        effect.partitionCount += 1
      }
    } catch {
      throw .damagedSegment(table: schema.name, reason: error.reason)
    }
    partitions.removeAll { $0.segments.isEmpty }
    return partitions
  }
}

extension ErasureEffect.TableEffect {
  fileprivate mutating func add(_ rows: ErasedRows, of segment: Segment) {
    let former = segment.deleted
    for row in rows.deleted.rows {
      if former.contains(row) { formerRowCount += 1 } else { rowCount += 1 }
    }
    var replaced = RowMask()
    for (_, rows) in rows.replaced { replaced.formUnion(rows) }
    for row in replaced.rows where !rows.deleted.contains(row) {
      if former.contains(row) { formerRowCount += 1 } else { replacedRowCount += 1 }
    }
  }
}

extension ErasedCatalog {
  /// Whether a text is in a dictionary, and no row has it.
  fileprivate func hasLeft(_ value: SoughtValue, in domain: String) -> Bool {
    guard let dictionary = catalog.dictionaries[domain],
      let code = value.code(in: dictionary.view)
    else { return false }
    return !usedCodes(of: dictionary).contains(code)
  }

  private func usedCodes(of dictionary: TextDictionary) -> CodeSet {
    var used = CodeSet(limit: dictionary.view.count)
    for table in catalog.tables.values {
      let columns = table.columns(of: dictionary.domain)
      guard !columns.isEmpty else { continue }
      for partition in table.partitions {
        for segment in partition.segments {
          for column in columns {
            used.insert(codesOf: segment.chunks[column], live: segment.live, dictionary)
          }
        }
      }
    }
    return used
  }

  /// Exchanges a dictionary for one without the texts that no row has, and the chunks that refer to it.
  fileprivate mutating func eraseUnusedTexts(of domain: String) {
    guard let dictionary = catalog.dictionaries[domain] else { return }
    let used = usedCodes(of: dictionary)
    guard let (smaller, erasedCount) = dictionary.keeping(used) else { return }
    effect.textCount += erasedCount
    catalog.dictionaries[domain] = smaller
    exchangedDictionaries[ObjectIdentifier(dictionary)] = smaller
    let view = smaller.view
    for name in catalog.tables.keys { exchange(view, inTable: name) }
  }

  private mutating func exchange(_ view: DictionaryView, inTable name: String) {
    guard var table = catalog.tables[name] else { return }
    let columns = table.columns(of: view.dictionary.domain)
    guard !columns.isEmpty else { return }
    for partition in table.partitions.indices {
      for place in table.partitions[partition].segments.indices {
        let segment = table.partitions[partition].segments[place]
        var chunks = segment.chunks
        var isChanged = false
        for column in columns {
          guard let chunk = chunks[column].exchanging(view) else { continue }
          chunks[column] = chunk
          isChanged = true
        }
        guard isChanged else { continue }
        let exchanged = Segment(
          rowCount: segment.rowCount, chunks: chunks, isSealed: segment.isSealed,
          live: segment.live)
        table.partitions[partition].segments[place] = exchanged
        note(exchanged, for: segment)
      }
    }
    catalog.tables[name] = table
  }

  /// A segment may be exchanged once for each of its domains.
  private mutating func note(_ exchanged: Segment, for segment: Segment) {
    let first = origins.removeValue(forKey: ObjectIdentifier(segment)) ?? ObjectIdentifier(segment)
    origins[ObjectIdentifier(exchanged)] = first
    exchangedSegments[first] = exchanged
  }
}

extension Table {
  /// Those of text in a domain.
  fileprivate func columns(of domain: String) -> [Int] {
    schema.columns.indices.filter {
      schema.columns[$0].type.stored == .text && schema.columns[$0].domain == domain
    }
  }
}
