/// The syntax tree of one SQL statement: what was written, before any name is looked up.
///
/// It is the part of PostgreSQL's parse tree that Daybook understands, as Swift values. Each node
/// keeps the UTF-8 byte offset at which it begins in the query text, for errors with a caret.
public struct Statement: Sendable {
  public var kind: StatementKind
  /// The bytes of the query text that this statement takes up, without the semicolon.
  public var range: Range<Int>
  /// How deep its expressions, queries and joins nest.
  public var depth: Int

  public init(kind: StatementKind, range: Range<Int>, depth: Int = 0) {
    self.kind = kind
    self.range = range
    self.depth = depth
  }
}

public indirect enum StatementKind: Sendable {
  case select(SelectSyntax)
  case explain(Statement, analyze: Bool)
  case createTable(CreateTableSyntax)
  /// `CREATE DOMAIN name AS text`: a dictionary that columns of several tables share.
  case createDomain(name: Identifier, type: TypeNameSyntax)
  case createView(CreateViewSyntax)
  case createMaterializedView(CreateMaterializedViewSyntax)
  case alterTable(AlterTableSyntax)
  case label(SecurityLabelSyntax)
  case dropTable(names: [Identifier], ifExists: Bool, cascades: Bool)
  case dropView(names: [Identifier], ifExists: Bool, cascades: Bool)
  case dropMaterializedView(names: [Identifier], ifExists: Bool, cascades: Bool)
  case insert(InsertSyntax)
  case update(UpdateSyntax)
  case delete(DeleteSyntax)
  case truncate([Identifier])
  case checkpoint
  case copy(CopySyntax)
  /// `PREPARE name [(type, ...)] AS statement`.
  case prepare(name: Identifier, types: [TypeNameSyntax], Statement)
  /// `EXECUTE name [(value, ...)]`.
  case execute(name: Identifier, values: [ExpressionSyntax])
  /// `DEALLOCATE name`; `nil` is ALL.
  case deallocate(Identifier?)
  /// `SHOW TABLES`, `SHOW timezone`.
  case show(name: Identifier)
  /// `SET timezone = 'Europe/Berlin'`; an empty list of values is `DEFAULT`.
  case set(name: Identifier, values: [ExpressionSyntax])
  /// `DESCRIBE table`.
  case describe(table: Identifier)
}

/// A name as it was written, folded to lower case unless quoted, and where it stands.
public struct Identifier: Sendable, Hashable {
  public var name: String
  public var offset: Int

  public init(_ name: String, offset: Int) {
    self.name = name
    self.offset = offset
  }
}

// MARK: - Queries

/// A query: `WITH`, a body, and what applies to the body's rows as a whole.
public struct SelectSyntax: Sendable {
  public var with: [CommonTableExpressionSyntax] = []
  public var isRecursive = false
  public var body: SelectBody
  public var orderBy: [OrderItemSyntax] = []
  public var limit: ExpressionSyntax?
  public var offset: ExpressionSyntax?
  public var location: Int

  public init(body: SelectBody, location: Int) {
    self.body = body
    self.location = location
  }
}

public struct CommonTableExpressionSyntax: Sendable {
  public var name: Identifier
  public var columnNames: [Identifier]
  public var query: SelectSyntax

  public init(name: Identifier, columnNames: [Identifier], query: SelectSyntax) {
    self.name = name
    self.columnNames = columnNames
    self.query = query
  }
}

public indirect enum SelectBody: Sendable {
  case select(SelectCore)
  case values([[ExpressionSyntax]])
  case setOperation(SetOperation, all: Bool, SelectSyntax, SelectSyntax)
}

public enum SetOperation: String, Sendable {
  case union, intersect, except
}

/// One `SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ...` block.
public struct SelectCore: Sendable {
  public enum Distinct: Sendable {
    case no
    case all
    case on([ExpressionSyntax])
  }

  public var distinct = Distinct.no
  public var items: [SelectItem]
  /// Comma-separated entries of FROM: a cross product, narrowed by `filter`.
  public var from: [TableReference] = []
  public var filter: ExpressionSyntax?
  public var groupBy: [ExpressionSyntax] = []
  /// `GROUPING SETS`, `ROLLUP` and `CUBE` written out: each set as places in `groupBy`. `nil` where
  /// there is one set, of all of them.
  public var groupingSets: [[Int]]?
  public var having: ExpressionSyntax?
  public var windows: [(name: Identifier, window: WindowSyntax)] = []

  public init(items: [SelectItem]) {
    self.items = items
  }
}

public struct SelectItem: Sendable {
  /// May be `.star`.
  public var expression: ExpressionSyntax
  public var alias: Identifier?

  public init(expression: ExpressionSyntax, alias: Identifier?) {
    self.expression = expression
    self.alias = alias
  }
}

public struct OrderItemSyntax: Sendable {
  public var expression: ExpressionSyntax
  public var isDescending: Bool
  /// `nil` when not written: PostgreSQL then puts nulls last ascending and first descending.
  public var nullsFirst: Bool?

  public init(expression: ExpressionSyntax, isDescending: Bool, nullsFirst: Bool?) {
    self.expression = expression
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }
}

public indirect enum TableReference: Sendable {
  case table(schema: Identifier?, name: Identifier, alias: TableAlias?)
  case subquery(SelectSyntax, alias: TableAlias?, isLateral: Bool)
  /// `LATERAL` in front of a function says nothing: it always sees the tables before it.
  case function(ExpressionSyntax, alias: TableAlias?, hasOrdinality: Bool)
  case join(JoinSyntax)
}

public struct TableAlias: Sendable {
  public var name: Identifier
  public var columnNames: [Identifier]

  public init(name: Identifier, columnNames: [Identifier]) {
    self.name = name
    self.columnNames = columnNames
  }
}

public enum JoinKind: String, Sendable {
  case inner, left, right, full, cross
}

public struct JoinSyntax: Sendable {
  public enum Condition: Sendable {
    case none
    case on(ExpressionSyntax)
    case using([Identifier])
    case natural
  }

  public var kind: JoinKind
  public var left: TableReference
  public var right: TableReference
  public var condition: Condition
  public var location: Int

  public init(
    kind: JoinKind, left: TableReference, right: TableReference, condition: Condition, location: Int
  ) {
    self.kind = kind
    self.left = left
    self.right = right
    self.condition = condition
    self.location = location
  }
}

// MARK: - Expressions

public struct ExpressionSyntax: Sendable {
  public indirect enum Kind: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number that is not an `Int64`, in its written form: `0.5`, `1e9`, `99999999999999999999`.
    case decimal(String)
    case string(String)
    /// `$1` is 1.
    case parameter(Int)
    /// `column`, `table.column`, `schema.table.column`.
    case column([String])
    /// `*`, or `table.*`.
    case star(qualifier: String?)
    /// `-x`, `+x`, `~x`.
    case unary(String, ExpressionSyntax)
    /// `+ - * / % ^ || = <> < <= > >= ~ ~* !~ !~* -> ->> & |`; `!=` is written `<>` here.
    case binary(String, ExpressionSyntax, ExpressionSyntax)
    case and([ExpressionSyntax])
    case or([ExpressionSyntax])
    case not(ExpressionSyntax)
    case isNull(ExpressionSyntax, negated: Bool)
    /// `x IS [NOT] TRUE`, `FALSE`; UNKNOWN is `nil`.
    case isBoolean(ExpressionSyntax, Bool?, negated: Bool)
    case isDistinct(ExpressionSyntax, ExpressionSyntax, negated: Bool)
    case between(
      ExpressionSyntax, ExpressionSyntax, ExpressionSyntax, negated: Bool, symmetric: Bool)
    case inList(ExpressionSyntax, [ExpressionSyntax], negated: Bool)
    case inSubquery(ExpressionSyntax, SelectSyntax, negated: Bool)
    /// `x = ANY (array)` and `x = ALL (array)`.
    case quantified(String, ExpressionSyntax, ExpressionSyntax, isAll: Bool)
    case quantifiedSubquery(String, ExpressionSyntax, SelectSyntax, isAll: Bool)
    case exists(SelectSyntax)
    case subquery(SelectSyntax)
    case arraySubquery(SelectSyntax)
    case like(
      ExpressionSyntax, pattern: ExpressionSyntax, escape: ExpressionSyntax?, ignoresCase: Bool,
      negated: Bool)
    case caseWhen(
      operand: ExpressionSyntax?,
      branches: [(condition: ExpressionSyntax, result: ExpressionSyntax)],
      otherwise: ExpressionSyntax?)
    case coalesce([ExpressionSyntax])
    case nullIf(ExpressionSyntax, ExpressionSyntax)
    case greatest([ExpressionSyntax])
    case least([ExpressionSyntax])
    /// `CAST(x AS t)`, `x::t`, `DATE '2024-01-01'`, `INTERVAL '5 minutes'`.
    case cast(ExpressionSyntax, TypeNameSyntax)
    /// `x AT TIME ZONE zone`.
    case atTimeZone(ExpressionSyntax, zone: ExpressionSyntax)
    /// `EXTRACT(field FROM x)`.
    case extract(field: String, ExpressionSyntax)
    case array([ExpressionSyntax])
    case subscripted(ExpressionSyntax, index: ExpressionSyntax)
    /// `x[1:2]`; either bound may be left out.
    case sliced(ExpressionSyntax, lower: ExpressionSyntax?, upper: ExpressionSyntax?)
    case function(FunctionCallSyntax)
  }

  public var kind: Kind
  /// UTF-8 byte offset of the node in the query text. PostgreSQL points at the operator of a
  /// binary expression and at the first token of everything else.
  public var location: Int

  public init(_ kind: Kind, location: Int) {
    self.kind = kind
    self.location = location
  }
}

public struct FunctionCallSyntax: Sendable {
  /// Lower case, without `pg_catalog`. `now()`, `current_timestamp` and `current_date` arrive as
  /// `now` and `current_date`; `position(a IN b)` as `strpos(b, a)`; `substring(x FROM 1 FOR 2)` as
  /// `substring(x, 1, 2)`; `trim(BOTH x FROM y)` as `btrim(y, x)`, `ltrim`, `rtrim`.
  public var name: String
  public var arguments: [ExpressionSyntax]
  /// `count(*)`.
  public var isStar = false
  public var isDistinct = false
  public var orderBy: [OrderItemSyntax] = []
  /// `percentile_cont(0.5) WITHIN GROUP (ORDER BY x)`: the order is in `orderBy`.
  public var isWithinGroup = false
  public var filter: ExpressionSyntax?
  public var over: WindowSyntax?

  public init(name: String, arguments: [ExpressionSyntax]) {
    self.name = name
    self.arguments = arguments
  }

  /// What the call says that only an aggregate takes, as it is written.
  public var aggregateModifier: String? {
    if isDistinct { return "DISTINCT" }
    if filter != nil { return "FILTER" }
    if isWithinGroup { return "WITHIN GROUP" }
    if !orderBy.isEmpty { return "ORDER BY" }
    return isStar ? "*" : nil
  }
}

public struct WindowSyntax: Sendable {
  public enum Bound: Sendable {
    case unboundedPreceding
    case preceding(ExpressionSyntax)
    case currentRow
    case following(ExpressionSyntax)
    case unboundedFollowing
  }

  public enum Unit: String, Sendable {
    case rows, range, groups
  }

  public struct Frame: Sendable {
    public var unit: Unit
    public var start: Bound
    public var end: Bound

    public init(unit: Unit, start: Bound, end: Bound) {
      self.unit = unit
      self.start = start
      self.end = end
    }
  }

  /// `OVER name` or `OVER (name ...)`.
  public var reference: Identifier?
  public var partitionBy: [ExpressionSyntax] = []
  public var orderBy: [OrderItemSyntax] = []
  /// `nil` when not written.
  public var frame: Frame?

  public init() {}
}

/// A type as written: `double precision` arrives as `float8`, `int` as `int4`, as PostgreSQL's
/// grammar has it; `text[]` has `isArray`.
public struct TypeNameSyntax: Sendable {
  public var name: String
  /// `numeric(12, 2)`, `varchar(20)`.
  public var modifiers: [Int64]
  public var isArray: Bool
  public var location: Int

  public init(name: String, modifiers: [Int64] = [], isArray: Bool = false, location: Int) {
    self.name = name
    self.modifiers = modifiers
    self.isArray = isArray
    self.location = location
  }
}

// MARK: - Definitions and changes

public struct CreateTableSyntax: Sendable {
  /// `CREATE TABLE t [(column, ...)] AS query [WITH NO DATA]`: types are those of the query.
  public struct Source: Sendable {
    public var columnNames: [Identifier]
    public var query: SelectSyntax
    public var isWithoutRows: Bool

    public init(columnNames: [Identifier], query: SelectSyntax, isWithoutRows: Bool) {
      self.columnNames = columnNames
      self.query = query
      self.isWithoutRows = isWithoutRows
    }
  }

  public var name: Identifier
  /// Empty where there is a `source`.
  public var columns: [ColumnSyntax]
  public var source: Source?
  public var ifNotExists: Bool
  /// `PARTITION BY DAY (ts)`: strategy `day`, columns `[ts]`.
  public var partitioning: (strategy: Identifier, columns: [Identifier])?
  public var primaryKey: [Identifier]
  public var options: [(name: Identifier, value: ExpressionSyntax?)]

  public init(name: Identifier, columns: [ColumnSyntax], ifNotExists: Bool) {
    self.name = name
    self.columns = columns
    self.ifNotExists = ifNotExists
    self.primaryKey = []
    self.options = []
  }
}

/// `CREATE [OR REPLACE] VIEW name [(column, ...)] AS query`.
public struct CreateViewSyntax: Sendable {
  public var name: Identifier
  public var columnNames: [Identifier]
  public var query: SelectSyntax
  /// The bytes of the text that the query takes up.
  public var definition: Range<Int>
  public var replaces: Bool

  public init(
    name: Identifier, columnNames: [Identifier], query: SelectSyntax, definition: Range<Int>,
    replaces: Bool
  ) {
    self.name = name
    self.columnNames = columnNames
    self.query = query
    self.definition = definition
    self.replaces = replaces
  }
}

public struct ColumnSyntax: Sendable {
  public var name: Identifier
  public var type: TypeNameSyntax
  public var isNotNull: Bool
  /// The method of `COMPRESSION`, placed at that word.
  public var compression: Identifier?

  public init(name: Identifier, type: TypeNameSyntax, isNotNull: Bool) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
  }
}

public struct InsertSyntax: Sendable {
  public var table: Identifier
  public var columns: [Identifier]
  public var source: SelectSyntax
  public var conflict: ConflictSyntax?
  public var returning: [SelectItem] = []

  public init(table: Identifier, columns: [Identifier], source: SelectSyntax) {
    self.table = table
    self.columns = columns
    self.source = source
  }
}
