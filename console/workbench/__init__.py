"""The workbench: policy sets, their versions and test cases, and what a change would do.

```
sets         a set with its versions, and what was done to it         sets.py, acts.py
versions     the editor, with what is wrong beside it                 versions.py
activation   in force, back again, retired                            activation.py
simulation   may she, from there, at that time                        simulation.py, answers.py
questions    a question as a form, and back                           question_form.py
                                                                      question_fields.py
cases        questions with the answers they must have                cases.py
comparison   a version against real decisions                         comparison.py
gallery      policies to take over                                    gallery.py
```
"""
