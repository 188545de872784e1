// The language of LANGUAGE 2.3. One rule for each statement and clause, so that compiler/parse has a typed context for everything it
// builds; `script`, `statement` and `standaloneExpression` are the entry rules. Semantic refusals (a clause twice, deep nesting) are the
// builder's.
parser grammar SyncParser;
options { tokenVocab = SyncLexer; }

script : statement* EOF ;
standaloneExpression : expression EOF ;

statement
    : ( setStatement
      | includeStatement
      | paramStatement
      | connectionStatement
      | typeMappingStatement
      | scheduleStatement
      | alertStatement
      | templateStatement
      | defaultsStatement
      | syncStatement
      | overrideStatement
      ) ';'
    ;

setStatement : K_SET identifier '=' settingValue ;
includeStatement : K_INCLUDE STRING ;
paramStatement : K_PARAM identifier typeRef ( K_DEFAULT ( expression | secret ) )? ( K_CHECK '(' expression ')' )? ;
connectionStatement : K_CONNECTION identifier K_TYPE identifier settings ;
typeMappingStatement
    : K_TYPE K_MAPPING identifier K_FROM identifier K_TO identifier '(' typeRule ( ',' typeRule )* ','? ')'
    ;
scheduleStatement : K_SCHEDULE identifier ( trigger | scheduleOption )+ ;
alertStatement
    : K_ALERT identifier K_ON '(' alertEvent ( ',' alertEvent )* ','? ')' K_TO '(' alertSink ( ',' alertSink )* ','? ')'
    ;
templateStatement : K_TEMPLATE identifier templateParameters? K_AS clause+ ;
templateParameters : '(' templateParameter ( ',' templateParameter )* ')' ;
templateParameter : identifier typeRef ;
defaultsStatement : K_DEFAULTS clause+ ;
syncStatement
    : K_SYNC identifier ( K_RENAMED K_FROM identifier )? K_FROM identifier K_TABLES tableList K_INTO identifier clause*
    ;
overrideStatement : K_OVERRIDE identifier K_FOR nameLevel objectPattern ( ',' objectPattern )* clause+ ;

tableList : '(' tableItem ( ',' tableItem )* ','? ')' ;
tableItem : K_EXCEPT? objectPattern ;
objectPattern : segment ( '.' segment )* ;
segment : identifier | '*' | REGEX ;
nameLevel : K_DATABASE | K_SCHEMA | K_TABLE ;

// In fmt's order: shape, movement, execution, timing.
clause
    : usingClause
    | namingClause
    | typeMappingClause
    | columnsClause
    | keyClause
    | partitionClause
    | createClause
    | mergeClause
    | filterClause
    | loadClause
    | splitClause
    | newTableClause
    | droppedTableClause
    | columnChangeClause
    | verifyClause
    | consistentClause
    | deletesClause
    | limitsClause
    | errorsClause
    | priorityClause
    | hookClause
    | scheduleClause
    | dependsClause
    | notifyClause
    | ownerClause
    ;

usingClause : K_USING templateUse ( ',' templateUse )* ;
templateUse : identifier ( '(' assignment ( ',' assignment )* ')' )? ;
assignment : identifier '=' expression ;

namingClause : K_NAMING '(' namingItem ( ',' namingItem )* ','? ')' ;
namingItem : nameLevel '=' expression ;

typeMappingClause : K_TYPE K_MAPPING identifier ;

columnsClause : K_COLUMNS '(' columnRule ( ',' columnRule )* ','? ')' ;
columnRule
    : K_EXCLUDE columnPattern                        # excludeColumn
    | K_RENAME columnPattern K_TO expression         # renameColumn
    | K_CAST columnPattern K_TO typeRef              # castColumn
    | K_SET identifier '=' expression                # setColumn
    | K_MASK columnPattern K_USING functionCall      # maskColumn
    | K_ADD identifier typeRef '=' expression        # addColumn
    ;
columnPattern : identifier | '*' | REGEX ;
columnList : '(' identifier ( ',' identifier )* ','? ')' ;

keyClause : K_KEY columnList ;

partitionClause : K_PARTITION K_BY partitionSpec ;
partitionSpec
    : '(' partitionColumn ( ',' partitionColumn )* ','? ')'   # partitionColumns
    | K_RANGE '(' identifier ')' K_EVERY quantity             # partitionRange
    | K_LIST columnList                                       # partitionList
    | K_NATIVE DOLLAR                                         # partitionNative
    ;
partitionColumn : identifier typeRef '=' expression ;

createClause : K_CREATE K_WITH '(' createItem ( ',' createItem )* ','? ')' ;
createItem
    : K_TABLE K_TYPE identifier                                                                     # createTableType
    | K_DISTRIBUTE K_BY ( K_HASH columnList | K_RANDOM | K_REPLICATED ) ( K_BUCKETS INT )?          # createDistribution
    | K_ORDER K_BY columnList                                                                       # createOrder
    | K_INDEX identifier K_ON columnList ( K_USING identifier )?                                    # createIndex
    | K_PROPERTIES settings                                                                         # createProperties
    | K_COMMENT expression                                                                          # createComment
    | K_NATIVE DOLLAR                                                                               # createNative
    ;

mergeClause : K_MERGE K_SHARDS ( K_REQUIRE K_SAME | K_UNION ) K_COLUMNS ;

filterClause : K_FILTER condition ;
condition
    : K_NATIVE identifier DOLLAR ( K_COVERS identifier K_FROM expression K_TO expression )?   # nativeCondition
    | expression                                                                              # portableCondition
    ;

loadClause : K_LOAD phase ( K_THEN phase )? ;
phase
    : K_SCHEMA                                                                                      # schemaPhase
    | K_FULL ( K_UP K_TO K_FIRST K_WINDOW )? intoPartition? writeMode?                              # fullPhase
    | K_INCREMENTAL ( K_WHERE condition | K_KEY columnList ( K_LOOKBACK quantity )? keyOrigin? ) writeMode?   # incrementalPhase
    ;
intoPartition : K_INTO K_PARTITION '(' assignment ( ',' assignment )* ')' ;
keyOrigin : K_FROM ( K_TARGET | K_STATE ) ;
writeMode : K_WRITE ( K_RECREATE | K_TRUNCATE | K_APPEND | K_UPSERT | K_OVERWRITE K_PARTITION ) ;

splitClause : K_SPLIT ( K_BY ( identifier | columnList ) ( K_INTO INT K_CHUNKS )? | K_OFF ) ;
newTableClause : K_ON K_NEW K_TABLE ( K_SYNC | K_IGNORE | K_FAIL ) ;
droppedTableClause : K_ON K_DROPPED K_TABLE ( K_KEEP | K_DROP | K_FAIL ) ;
columnChangeClause : K_ON K_COLUMN K_CHANGE ( columnAction | '(' columnEvent ( ',' columnEvent )* ','? ')' ) ;
columnAction : K_RELOAD | K_EVOLVE | K_IGNORE | K_FAIL ;
columnEvent : ( K_ADDED | K_DROPPED | K_RETYPED ) columnAction ;
verifyClause : K_VERIFY ( K_NONE | K_COUNT | K_CHECKSUM ) ;
consistentClause : K_CONSISTENT ( K_CHUNK | K_TABLE | K_SYNC ) ;
deletesClause : K_DELETES ( K_IGNORE | K_AUDIT | K_REMOVE ( K_UP K_TO number '%' )? | K_MARK identifier ) ;

limitsClause : K_LIMITS settings ;
errorsClause : K_ERRORS settings ;
priorityClause : K_PRIORITY ( K_HIGH | K_MEDIUM | K_LOW ) ;
hookClause : ( K_BEFORE | K_AFTER ) ( K_RUN | K_TABLE ) K_ON ( K_SOURCE | K_TARGET ) DOLLAR ;

scheduleClause : K_SCHEDULE ( K_MANUAL | K_ONCE ( K_AT STRING )? ( K_STAGGER K_OVER quantity )? | identifier ( ',' identifier )* ) ;
dependsClause
    : K_DEPENDS K_ON identifier ( ',' identifier )* ( K_WAIT K_UP K_TO quantity K_ELSE ( K_FAIL | K_SKIP | K_RUN ) )?
    ;
notifyClause : K_NOTIFY identifier ( ',' identifier )* ;
ownerClause : K_OWNER STRING ;

trigger
    : at windowSpec?                                                        # instantTrigger
    | K_EVERY K_HOUR K_AT K_MINUTE INT ( ',' INT )* windowSpec?             # hourTrigger
    | K_EVERY K_DAY at windowSpec?                                          # dayTrigger
    | K_EVERY K_WEEK K_ON identifier ( ',' identifier )* at windowSpec?     # weekTrigger
    | K_EVERY K_MONTH K_ON monthDay ( ',' monthDay )* at windowSpec?        # monthTrigger
    | K_CRON STRING windowSpec                                              # cronTrigger
    ;
at : K_AT STRING ( ',' STRING )* ;
monthDay : INT | K_LAST ;
windowSpec : K_WINDOW ( quantity | K_SINCE K_PREVIOUS K_TRIGGER ) ;
scheduleOption
    : ( K_TIMEZONE | K_STARTING | K_ENDING ) STRING
    | K_CATCH K_UP ( K_ALL | K_LATEST | K_NONE )
    | K_OVERLAP ( K_SKIP | K_QUEUE )
    | K_STAGGER K_OVER quantity
    ;
alertEvent : K_LATE K_BY quantity | identifier ;
alertSink : K_EMAIL STRING | K_WEBHOOK ( STRING | secret ) ;

settings : '(' setting ( ',' setting )* ','? ')' ;
setting : ( identifier | STRING ) '=' settingValue ;
settingValue
    : quantity                                                   # quantityValue
    | '-' number                                                 # negativeValue
    | literal                                                    # literalValue
    | secret                                                     # secretValue
    | PARAM_REF                                                  # parameterValue
    | identifier                                                 # wordValue
    | '[' settingValue ( ',' settingValue )* ','? ']'            # listValue
    ;
secret : K_SECRET STRING ;
quantity : number ( '%' | identifier ( K_PER identifier )? ) ;

typeRule : typeRef ( K_WHEN expression )? '->' typeRef ;
typeRef : typeWord+ ( '(' typeArgument ( ',' typeArgument )* ')' trailing+=typeWord* )? | STRING ;
typeWord : IDENT | QUOTED | K_DATE | K_TIMESTAMP | K_INTERVAL | K_YEAR | K_WITH | K_SET ;
typeArgument : INT | typeRef ;

expression
    : K_NOT expression                # notExpression
    | expression K_AND expression     # andExpression
    | expression K_OR expression      # orExpression
    | predicate                       # predicateExpression
    ;
predicate
    : value
      ( ( '=' | '<>' | '<' | '<=' | '>' | '>=' ) value
      | K_IS K_NOT? K_NULL
      | K_NOT? ( K_IN '(' value ( ',' value )* ')' | K_BETWEEN value K_AND value | K_LIKE STRING )
      )?
    ;
value
    : '-' value                       # negatedValue
    | value ( '*' | '/' ) value       # productValue
    | value ( '+' | '-' | '||' ) value   # sumValue
    | primary                         # primaryValue
    ;
primary
    : literal                                                                                        # literalPrimary
    | PARAM_REF                                                                                      # parameterPrimary
    | functionCall                                                                                   # callPrimary
    | ( K_DATE | K_TIMESTAMP ) STRING                                                                # datePrimary
    | K_INTERVAL ( INT | PARAM_REF ) identifier                                                      # intervalPrimary
    | K_CAST '(' expression K_AS typeRef ')'                                                         # castPrimary
    | K_CASE ( K_WHEN expression K_THEN expression )+ ( K_ELSE elseValue=expression )? K_END         # casePrimary
    | identifier ( '.' identifier )*                                                                 # pathPrimary
    | '(' expression ')'                                                                             # groupPrimary
    ;
functionCall : identifier '(' ( expression ( ',' expression )* )? ')' ;
literal : number | STRING | K_TRUE | K_FALSE | K_NULL ;
number : INT | DECIMAL ;

identifier : IDENT | QUOTED | nonReserved ;

// Every keyword but AND OR NOT IN IS NULL BETWEEN LIKE CASE WHEN ELSE END TRUE FALSE FROM INTO WHERE THEN ON AS SYNC OVERRIDE LOAD MANUAL
// ONCE; one letter a line.
nonReserved
    : K_ADD | K_ADDED | K_AFTER | K_ALERT | K_ALL | K_APPEND | K_AT | K_AUDIT
    | K_BEFORE | K_BUCKETS | K_BY
    | K_CAST | K_CATCH | K_CHANGE | K_CHECK | K_CHECKSUM | K_CHUNK | K_CHUNKS | K_COLUMN | K_COLUMNS | K_COMMENT | K_CONNECTION | K_CONSISTENT | K_COUNT | K_COVERS | K_CREATE | K_CRON
    | K_DATABASE | K_DATE | K_DAY | K_DEFAULT | K_DEFAULTS | K_DELETES | K_DEPENDS | K_DISTRIBUTE | K_DROP | K_DROPPED
    | K_EMAIL | K_ENDING | K_ERRORS | K_EVERY | K_EVOLVE | K_EXCEPT | K_EXCLUDE
    | K_FAIL | K_FILTER | K_FIRST | K_FOR | K_FULL
    | K_HASH | K_HIGH | K_HOUR
    | K_IGNORE | K_INCLUDE | K_INCREMENTAL | K_INDEX | K_INTERVAL
    | K_KEEP | K_KEY
    | K_LAST | K_LATE | K_LATEST | K_LIMITS | K_LIST | K_LOOKBACK | K_LOW
    | K_MAPPING | K_MARK | K_MASK | K_MEDIUM | K_MERGE | K_MINUTE | K_MONTH
    | K_NAMING | K_NATIVE | K_NEW | K_NONE | K_NOTIFY
    | K_OFF | K_ORDER | K_OVER | K_OVERLAP | K_OVERWRITE | K_OWNER
    | K_PARAM | K_PARTITION | K_PER | K_PREVIOUS | K_PRIORITY | K_PROPERTIES
    | K_QUEUE
    | K_RANDOM | K_RANGE | K_RECREATE | K_RELOAD | K_REMOVE | K_RENAME | K_RENAMED | K_REPLICATED | K_REQUIRE | K_RETYPED | K_RUN
    | K_SAME | K_SCHEDULE | K_SCHEMA | K_SECRET | K_SET | K_SHARDS | K_SINCE | K_SKIP | K_SOURCE | K_SPLIT | K_STAGGER | K_STARTING | K_STATE
    | K_TABLE | K_TABLES | K_TARGET | K_TEMPLATE | K_TIMESTAMP | K_TIMEZONE | K_TO | K_TRIGGER | K_TRUNCATE | K_TYPE
    | K_UNION | K_UP | K_UPSERT | K_USING
    | K_VERIFY
    | K_WAIT | K_WEBHOOK | K_WEEK | K_WINDOW | K_WITH | K_WRITE
    | K_YEAR
    ;

