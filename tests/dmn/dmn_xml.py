"""Small models for the tests, written as Python data instead of XML."""
from xml.sax.saxutils import escape, quoteattr

NS = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(*parts, ns="ns"):
    return f'<definitions xmlns="{NS}" name="m" namespace="{ns}">\n' + "\n".join(parts) + "\n</definitions>\n"


def input_data(name, type="Any"):
    return f'<inputData id={quoteattr(name)} name={quoteattr(name)}><variable name={quoteattr(name)} typeRef={quoteattr(type)}/></inputData>'


def item(name, type, allowed=None):
    values = f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    return f"<itemDefinition name={quoteattr(name)}><typeRef>{type}</typeRef>{values}</itemDefinition>"


def literal(text):
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def decision(name, logic, needs=(), decisions=(), type=None):
    refs = "".join(f'<informationRequirement><requiredInput href="#{escape(n)}"/></informationRequirement>' for n in needs)
    refs += "".join(f'<informationRequirement><requiredDecision href="#{escape(n)}"/></informationRequirement>' for n in decisions)
    variable = f"<variable name={quoteattr(name)}" + (f" typeRef={quoteattr(type)}" if type else "") + "/>"
    return f"<decision id={quoteattr(name)} name={quoteattr(name)}>{variable}{refs}\n{logic}\n</decision>"


def table(hit, columns, rules, outputs=1, values=None, default=None, types=None):
    out = [f'<decisionTable hitPolicy="{hit}">']
    for i, c in enumerate(columns):
        t = f' typeRef="{types[i]}"' if types and types[i] else ""
        out.append(f"<input><inputExpression{t}><text>{escape(c)}</text></inputExpression></input>")
    for k in range(outputs):
        name = f' name="o{k}"' if outputs > 1 else ""
        inside = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
        inside += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        out.append(f"<output{name}>{inside}</output>")
    for r in rules:
        out.append("<rule>" + "".join(f"<inputEntry><text>{escape(c)}</text></inputEntry>" for c in r[:len(columns)])
                   + "".join(f"<outputEntry><text>{escape(c)}</text></outputEntry>" for c in r[len(columns):]) + "</rule>")
    return "\n".join(out) + "</decisionTable>"
