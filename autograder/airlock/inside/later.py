"""What a student's own tools load late, a fork server does too; beside student code lies a copy."""

from convbook.running.later import is_loaded as is_loaded
from convbook.running.later import put_off as put_off
from convbook.running.later import then as then
