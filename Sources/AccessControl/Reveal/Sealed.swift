/// A value that only a grant opens. It has no description, no encoding, no equality and no hash,
/// and it is held by a closure, so that a mirror finds nothing.
public struct Sealed<Value: Sendable>: Sendable {
  public let column: SealedColumn
  public let organization: OrganizationID?
  private let give: @Sendable () -> Value

  public init(_ value: Value, column: SealedColumn, organization: OrganizationID?) {
    self.column = column
    self.organization = organization
    give = { value }
  }

  /// Another value made of this one, sealed as well.
  public func map<Other: Sendable>(
    _ transform: @escaping @Sendable (Value) -> Other
  ) -> Sealed<Other> {
    Sealed<Other>(column: column, organization: organization) { [give] in transform(give()) }
  }

  private init(
    column: SealedColumn, organization: OrganizationID?, give: @escaping @Sendable () -> Value
  ) {
    self.column = column
    self.organization = organization
    self.give = give
  }

  /// The value; `nil` where the permit is for other columns or organisations.
  public func open(with permit: borrowing RevealPermit) -> Value? {
    permit.covers(column, of: organization) ? give() : nil
  }
}

extension Sealed: CustomReflectable {
  /// Empty, whatever is inside: `String(describing:)` and `dump` go through it.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension DefaultStringInterpolation {
  @available(*, unavailable, message: "a sealed value has no description; a grant opens it")
  public mutating func appendInterpolation<Value>(_ value: Sealed<Value>) {}
}
