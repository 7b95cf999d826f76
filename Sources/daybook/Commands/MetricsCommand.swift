import Analytics
import ArgumentParser
import ColumnStore
import Engine
@preconcurrency import Glibc
import Persistence
import QueryLanguage

/// What the metrics mean, and where their numbers come from.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Say what metrics mean, and show the SQL behind their numbers.",
    discussion: """
      Examples:
        daybook metrics list
        daybook metrics show dau
        daybook metrics explain content_success_rate --range 7d --anchor 2026-03-31
      """,
    subcommands: [List.self, Show.self, Explain.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the metrics, by group.")

    func run() throws {
      var output = ByteOutput(STDOUT_FILENO)
      let width = MetricCatalogue.ids.map(\.count).max() ?? 0
      var group: MetricDefinition.Group?
      for metric in MetricCatalogue.metrics {
        if metric.group != group {
          try output.write((group == nil ? "" : "\n") + metric.group.rawValue + "\n")
          group = metric.group
        }
        let gap = String(repeating: " ", count: width - metric.id.count + 2)
        try output.write("  \(metric.id)\(gap)\(metric.title)\n")
      }
      try output.flush()
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show what a metric means.")

    @Argument(help: "The metric: dau.")
    var id: String

    func run() throws {
      let metric = try MetricCatalogue.required(id)
      var output = ByteOutput(STDOUT_FILENO)
      let lines = [
        ("title", metric.title), ("means", metric.definition), ("unit", metric.unit.rawValue),
        ("better", metric.better.rawValue), ("looks at", metric.window.text),
        ("group", metric.group.rawValue), ("version", "\(metric.version)"),
      ]
      for (name, value) in lines {
        try output.write(name + String(repeating: " ", count: 10 - name.count) + value + "\n")
      }
      try output.write("\n" + metric.sql + "\n")
      try output.flush()
    }
  }

  struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "explain",
      abstract: "Show a metric's value, and SQL that gives the same number.",
      discussion: "Presets end with the last day that has events, unless --anchor says otherwise.")

    @Argument(help: "Metrics; all where none is named.")
    var ids: [String] = []

    @Option(help: ArgumentHelp("24h, 7d, 30d, 90d, 1m, 3m, 1y, all.", valueName: "preset"))
    var range: String?

    @Option(help: ArgumentHelp("The first day or moment.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("The last day, or the moment after the end.", valueName: "time"))
    var to: String?

    @Option(help: ArgumentHelp("The last day of a preset.", valueName: "day"))
    var anchor: String?

    @Option(help: ArgumentHelp("Only people of this role. May be repeated.", valueName: "name"))
    var role: [String] = []

    @Option(help: ArgumentHelp("Only people with this status.", valueName: "name"))
    var status: [String] = []

    @Option(help: ArgumentHelp("Only people with addresses of this domain.", valueName: "name"))
    var domain: [String] = []

    @Option(help: ArgumentHelp("Only this organisation. May be repeated.", valueName: "name"))
    var organization: [String] = []

    @Option(help: ArgumentHelp("Only this model. May be repeated.", valueName: "name"))
    var model: [String] = []

    @Option(help: ArgumentHelp("true or false: only people who are activated.", valueName: "flag"))
    var activated: Bool?

    @Flag(help: "Print JSON instead.")
    var json = false

    @OptionGroup var dataOptions: DataOptions
    @OptionGroup var sessionOptions: SessionOptions

    func run() throws {
      let metrics =
        ids.isEmpty ? MetricCatalogue.metrics : try ids.map { try MetricCatalogue.required($0) }
      let engine = Engine(store: try dataOptions.open("metrics").store)
      let session = engine.pinned(sessionOptions.session)
      let zone = TimeZoneRules.named(session.timeZone) ?? .utc
      var explanations: [MetricExplanation] = []
      do {
        let extent = try DataExtent.read(engine, session)
        let range = try range(in: zone, extent)
        var evaluator = MetricEvaluator(
          engine, session: session, MetricQuestion(range, filters: filters))
        for metric in metrics {
          explanations.append(try evaluator.explain(metric, first: extent?.first))
        }
      } catch let problem as QuestionProblem {
        throw CommandFailure("--\(problem.field): \(problem.message)")
      } catch let error as QueryError {
        throw CommandFailure("the metrics cannot be computed: \(error.message)", hint: error.hint)
      }
      var output = ByteOutput(STDOUT_FILENO)
      if json {
        try output.write(MetricText.json(explanations) + "\n")
      } else {
        for explanation in explanations {
          try output.write(MetricText.text(explanation, zone: zone.name))
        }
      }
      try output.flush()
    }

    /// It ends with the last day that has events, or the one that was named, as far as that has run.
    private func range(in zone: TimeZoneRules, _ extent: DataExtent?) throws -> ReportRange {
      let last = anchor.flatMap { Day($0) } ?? zone.day(of: extent?.last ?? 0)
      let request = try RangeRequest { name in
        switch name {
        case "range": range
        case "from": from
        case "to": to
        case "anchor": from == nil && to == nil ? anchor ?? last.description : anchor
        default: nil
        }
      }
      let moment = ReportRange.moment(of: last, in: zone, at: DiskEnvironment.systemTime())
      return try request.range(at: moment, in: zone, first: extent?.first)
    }

    private var filters: MetricFilters {
      var filters = MetricFilters()
      filters.roles = role
      filters.statuses = status
      filters.domains = domain
      filters.organizations = organization
      filters.models = model
      filters.isActivated = activated
      return filters
    }
  }
}

extension MetricCatalogue {
  fileprivate static func required(_ id: String) throws -> MetricDefinition {
    guard let metric = metric(id) else {
      throw CommandFailure(
        "there is no metric '\(id)'",
        hint: CommandFailure.nearest(to: id, among: ids, or: "daybook metrics list names them"))
    }
    return metric
  }
}
