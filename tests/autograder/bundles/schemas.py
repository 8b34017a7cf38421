"""The forms of results that platforms publish, as JSON schemas: nothing else may be in them."""

from typing import Any

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}


def _object(required: list[str], **fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": fields,
        "additionalProperties": False,
    }


TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
POINTS = {"type": "number", "minimum": 0}
# gradescope-autograders.readthedocs.io: specs, "Output format".
GRADESCOPE = _object(
    [],
    score=NUMBER,
    execution_time=NUMBER,
    output=TEXT,
    output_format=FORMAT,
    test_output_format=FORMAT,
    test_name_format=FORMAT,
    visibility=VISIBILITY,
    stdout_visibility=VISIBILITY,
    extra_data={"type": "object"},
    leaderboard={"type": "array"},
    tests={
        "type": "array",
        "items": _object(
            [],
            score=NUMBER,
            max_score=NUMBER,
            status={"enum": ["passed", "failed"]},
            name=TEXT,
            name_format=FORMAT,
            number=TEXT,
            output=TEXT,
            output_format=FORMAT,
            tags={"type": "array", "items": TEXT},
            visibility=VISIBILITY,
            extra_data={"type": "object"},
        ),
    },
) | {"anyOf": [{"required": ["score"]}, {"required": ["tests"]}]}
# docs.prairielearn.com: External grading, "Grading results".
PRAIRIELEARN = _object(
    ["score"],
    gradable=FLAG,
    score={"type": "number", "minimum": 0, "maximum": 1},
    message=TEXT,
    output=TEXT,
    images={"type": "array"},
    format_errors={"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
    tests={
        "type": "array",
        "items": _object(
            ["name"],
            name=TEXT,
            description=TEXT,
            points=POINTS,
            max_points=POINTS,
            message=TEXT,
            output=TEXT,
            images={"type": "array"},
        ),
    },
)
# github.com/coursera/programming-assignments-demo: custom-graders.
COURSERA = _object(
    ["fractionalScore", "feedback"],
    fractionalScore={"type": "number", "minimum": 0, "maximum": 1},
    feedback=TEXT,
    feedbackType={"enum": ["HTML", "TXT"]},
)
# docs.autolabproject.com: Guide for lab authors, "autoresult".
AUTOLAB = _object(
    ["scores"],
    scores={"type": "object", "additionalProperties": NUMBER},
    scoreboard={"type": "array"},
)
# github.com/foundation50/classroom50: schemas/result-v1.schema.json.
WHOLE = {"type": "integer", "minimum": 0}
FILLED = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"}
CLASSROOM50 = _object(
    [
        *("schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit"),
        *("release", "review", "datetime", "score", "max-score", "tests"),
    ],
    schema={"const": "classroom50/result/v1"},
    classroom=FILLED,
    assignment=FILLED,
    assignment_type={"enum": ["individual", "group"]},
    owner=FILLED,
    submission={"type": "string", "pattern": "^submit/"},
    commit=FILLED,
    release=FILLED,
    review=FILLED,
    datetime=TIME,
    graded_at=TIME,
    score=WHOLE,
    tests={
        "type": "array",
        "items": {
            "type": "object",
            "required": ["test-name", "passed", "score", "max-score"],
            "properties": {
                "test-name": FILLED,
                "passed": FLAG,
                "score": WHOLE,
                "max-score": WHOLE,
            },
        },
    },
    submitted_by={"type": "object"},
    **{"max-score": WHOLE},
)
