public import ColumnStore

extension Vector {
  /// The rows of all vectors one after the other; they have the type `type`.
  public static func concatenate(_ vectors: [Vector], type: DataType) -> Vector {
    let count = vectors.reduce(0) { $0 + $1.count }
    let vectors = vectors.filter { $0.count > 0 }
    guard let first = vectors.first else {
      return Vector(constant: .null, type: type, count: 0)
    }
    if vectors.count == 1 { return first }
    if case .constant(let value) = first.storage,
      vectors.allSatisfy({ $0.constant.map { $0 == value } ?? false })
    {
      return Vector(constant: value, type: type, count: count)
    }
    let storage: Storage
    switch type.physical {
    case .boolean:
      storage = .booleans(vectors.flatMapFast(count) { $0.booleanRows })
    case .integer:
      storage = .integers(vectors.flatMapFast(count) { $0.integerRows })
    case .double:
      storage = .doubles(vectors.flatMapFast(count) { $0.doubleRows })
    case .text:
      let union = TextUnion(vectors)
      storage = .text(codes: Array(union.codes.joined()), union.source)
    case .object:
      storage = .objects(vectors.flatMap { $0.objectRows })
    }
    return Vector(
      type: type, count: count, storage: storage, validity: concatenatedValidity(vectors, count))
  }

  private static func concatenatedValidity(_ vectors: [Vector], _ count: Int) -> [UInt8]? {
    guard vectors.contains(where: { $0.validity != nil || $0.isNullConstant }) else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for vector in vectors {
      if let validity = vector.validity {
        result.append(contentsOf: validity)
      } else {
        result.append(contentsOf: repeatElement(vector.isNullConstant ? 0 : 1, count: vector.count))
      }
    }
    return result
  }

  /// Rows of a boolean vector, constants expanded; null rows hold 0 or 1.
  var booleanRows: [UInt8] {
    switch storage {
    case .booleans(let values): values
    case .constant(let value):
      [UInt8](repeating: value == .boolean(true) ? 1 : 0, count: count)
    default: preconditionFailure("the vector is not boolean")
    }
  }

  /// Rows of an integer, timestamp or date vector, constants expanded.
  var integerRows: [Int64] {
    switch storage {
    case .integers(let values): values
    case .constant(let value): [Int64](repeating: value.integerBits ?? 0, count: count)
    default: preconditionFailure("the vector does not hold integers")
    }
  }

  var doubleRows: [Double] {
    switch storage {
    case .doubles(let values): values
    case .constant(let value): [Double](repeating: value.doubleBits ?? 0, count: count)
    default: preconditionFailure("the vector does not hold doubles")
    }
  }

  /// Rows of any vector as values; slow.
  var objectRows: [Value] {
    switch storage {
    case .objects(let values) where validity == nil: values
    case .constant(let value): [Value](repeating: value, count: count)
    default: (0..<count).map { value(at: $0) }
    }
  }
}

extension [Vector] {
  fileprivate func flatMapFast<Item>(
    _ count: Int, _ rows: (Vector) -> [Item]
  ) -> [Item] {
    var result: [Item] = []
    result.reserveCapacity(count)
    for vector in self { result.append(contentsOf: rows(vector)) }
    return result
  }
}
