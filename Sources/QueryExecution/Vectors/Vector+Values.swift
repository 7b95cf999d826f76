public import ColumnStore

extension Vector {
  /// A vector of values that were made one at a time.
  public init(values: [Value], type: DataType) {
    let hasNull = values.contains(where: \.isNull)
    let validity = hasNull ? values.map { UInt8($0.isNull ? 0 : 1) } : nil
    let storage: Storage =
      switch type.physical {
      case .integer: .integers(values.map { $0.integer ?? 0 })
      case .double: .doubles(values.map { if case .double(let value) = $0 { value } else { 0 } })
      case .boolean: .booleans(values.map { $0 == .boolean(true) ? 1 : 0 })
      case .text: Self.text(values)
      case .object: .objects(values)
      }
    self.init(type: type, count: values.count, storage: storage, validity: validity)
  }

  private static func text(_ values: [Value]) -> Storage {
    let pool = TextPool()
    for value in values {
      switch value {
      case .text(let text), .json(let text): pool.append(text)
      default: pool.append("")
      }
    }
    return .text(codes: ascendingCodes(values.count), .pool(pool))
  }
}
