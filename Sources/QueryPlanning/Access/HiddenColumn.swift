import AccessControl
package import ColumnStore

/// A column whose values are not for who asks, as it is known to a plan.
struct HiddenColumn: Hashable {
  var column: LabelledColumn
  /// What values of the column are called: see `ColumnDefinition.domain`.
  var domain: String
  /// Whether rows of the table belong to organisations.
  var hasOrganization: Bool

  /// What may be written instead of comparing the values.
  func advice(_ name: String) -> String {
    switch column.label {
    case .freeText: "count the rows that have one: \(name) IS NOT NULL"
    case .sealed, .organization, .user: "compare its pseudonym: pseudonym(\(name))"
    }
  }
}

/// What a value of a row tells.
enum Secrecy: Hashable {
  /// Nothing that is hidden.
  case open
  /// A column that hides nothing here, since it was revealed; only `pseudonym` minds. `organization`
  /// is where the row has the organisation that it belongs to.
  case revealed(HiddenColumn, organization: Int?)
  /// The hidden value itself: it may be passed on, counted, tested for null and given a pseudonym.
  case hidden(HiddenColumn, organization: Int?)
  /// Masks, or what was made of them.
  case masked(Set<HiddenColumn>)

  var sources: Set<HiddenColumn> {
    switch self {
    case .open, .revealed: []
    case .hidden(let column, _): [column]
    case .masked(let columns): columns
    }
  }

  var isHidden: Bool { if case .hidden = self { true } else { false } }

  func movingOrganization(_ place: (Int) -> Int?) -> Secrecy {
    switch self {
    case .open, .masked: self
    case .revealed(let column, let organization):
      .revealed(column, organization: organization.flatMap(place))
    case .hidden(let column, let organization):
      .hidden(column, organization: organization.flatMap(place))
    }
  }

  static func of(_ columns: Set<HiddenColumn>) -> Secrecy {
    columns.isEmpty ? .open : .masked(columns)
  }
}

extension QueryAccess {
  /// Whether values of the column are kept from who asks.
  package func hides(_ column: ColumnDefinition, of schema: TableSchema) -> Bool {
    guard let label = column.label, label.hides, !isUnrestricted else { return false }
    if opens(column, of: schema) { return false }
    guard label == .freeText else { return true }
    return !freeText.isSuperset(of: rows.organizations)
      || schema.column(labelled: .organization) == nil
  }

  /// Whether a reveal opens the column.
  func opens(_ column: ColumnDefinition, of schema: TableSchema) -> Bool {
    guard let reveal, reveal.organizations.isSuperset(of: rows.organizations) else { return false }
    switch reveal.columns {
    case .all: return true
    case .named(let names):
      return SealedColumn("\(schema.name).\(column.name)").map(names.contains) ?? false
    }
  }
}
