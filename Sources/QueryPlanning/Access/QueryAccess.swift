public import AccessControl
public import ColumnStore
public import QueryLanguage

/// Who asks, as far as queries keep to it: whose rows they read, which columns are open, and whether
/// anything may be changed.
///
/// It is part of the session, and every plan is made for it. So no two sessions share a plan that
/// depends on it; caches know plans by their expressions, scope and masks included.
public struct QueryAccess: Sendable {
  /// Rows of every organisation, or of some, or of one person in them. Tables without a column
  /// labelled `organization` are for those who see all.
  public var rows: RowScope
  /// Whose free text may be read. Columns of free text are open where this covers all rows in reach.
  public var freeText = OrganizationScope.only([])
  /// Sealed columns and free text that a reveal opens.
  public var reveal: Reveal?
  /// System tables, sizes, and what the engine did for a query: all of it tells of everybody's rows.
  public var mayOperate: Bool
  public var mayWrite: Bool
  /// Without it `pseudonym` is refused.
  public var pseudonyms: (any PseudonymSource)?
  /// Nothing is hidden, whatever the labels: for the engine's own work.
  public var isUnrestricted = false

  public init(rows: RowScope, mayOperate: Bool, mayWrite: Bool) {
    self.rows = rows
    self.mayOperate = mayOperate
    self.mayWrite = mayWrite
  }

  /// Who holds the data folder: all rows, and what is labelled is hidden until asked for.
  public static let local = QueryAccess(
    rows: RowScope(organizations: .all, user: nil), mayOperate: true, mayWrite: true)

  /// What Daybook does by itself. Never for a request.
  public static let unrestricted: QueryAccess = {
    var access = local
    access.isUnrestricted = true
    return access
  }()

  /// What a principal may do with SQL: nothing but read. `capability` is what the request is for.
  public init(
    _ principal: Principal, in requested: RequestedOrganizations = .own,
    for capability: Capability = .runQueries
  ) throws(AccessRefusal) {
    self.init(principal, over: try principal.scope(for: capability, in: requested))
  }

  /// What a principal may do with rows that he was found to reach: nothing but read.
  public init(_ principal: Principal, over rows: RowScope) {
    self.init(
      rows: rows,
      mayOperate: AccessTable.standard.reach(of: principal.role, for: .operate) == .everything,
      mayWrite: false)
    switch AccessTable.standard.reach(of: principal.role, for: .readFreeText) {
    case .nothing, .oneself: break
    case .ownOrganizations: freeText = .only(principal.organizations)
    case .everything: freeText = .all
    }
  }

  /// The organisations whose rows are in reach; `nil`: all rows. No set of `String`, to which two
  /// spellings of a letter are one.
  var organizationNames: [String]? {
    guard case .only(let organizations) = rows.organizations else { return nil }
    return organizations.sorted().map(\.text)
  }

  /// The person whose rows are in reach; `nil`: everybody's.
  var userName: String? { rows.user?.text }
}

/// Columns that are opened, and who is told.
public struct Reveal: Sendable {
  public enum Columns: Sendable, Equatable {
    case all
    case named(Set<SealedColumn>)
  }

  public var columns: Columns
  /// A query that may read rows of others opens nothing.
  public var organizations: OrganizationScope
  public var recorder: (any RevealRecorder)?

  public init(
    columns: Columns, organizations: OrganizationScope, recorder: (any RevealRecorder)? = nil
  ) {
    self.columns = columns
    self.organizations = organizations
    self.recorder = recorder
  }
}

/// Is told what queries open.
public protocol RevealRecorder: Sendable {
  /// Before a statement runs that reads these columns as they are, in ascending order. What throws,
  /// keeps it from running.
  func willOpen(_ columns: [LabelledColumn]) throws(QueryError)
  /// After it has given so many rows. A statement that failed is not reported again.
  func didOpen(_ columns: [LabelledColumn], rowCount: Int)
}

/// A column of a table and what hides it.
public struct LabelledColumn: Hashable, Sendable, Comparable, CustomStringConvertible {
  public var table: String
  public var column: String
  public var label: ColumnLabel

  public init(table: String, column: String, label: ColumnLabel) {
    self.table = table
    self.column = column
    self.label = label
  }

  public var description: String { "\(table).\(column)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.table, left.column) < (right.table, right.column)
  }
}

/// Names that stand for hidden values, such as those of `Authentication.Pseudonymizer`.
public protocol PseudonymSource: Sendable {
  /// What gives the names of one organisation, "" for rows of none. `domain` says what is named.
  func names(organization: String, domain: String) -> @Sendable (String) -> String
}
